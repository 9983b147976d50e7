import Glibc

/// A file descriptor that closes with its last reference, so that no one synchronises a reused number.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
