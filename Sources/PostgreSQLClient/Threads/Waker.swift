#if PostgreSQL
import CLibpq
import Glibc
import Synchronization

/// Wakes a thread that waits for a socket (`eventfd(2)`). A wake before the wait is not lost.
final class Waker: Sendable {
    let descriptor: Int32

    init() throws(PostgreSQLError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw PostgreSQLError(
                .unavailable, "no descriptor for another connection: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// May be called by any thread.
    func wake() {
        var one: UInt64 = 1
        // Fails only where the counter is full, and then the thread wakes all the same.
        _ = write(descriptor, &one, 8)
    }

    /// What ended a wait.
    struct Wake {
        /// Whether the socket has something to read, or is broken.
        var isReadable = false
        var isWritable = false
        /// Whether ``wake()`` was called.
        var wasWoken = false
        /// Whether `deadline` has passed without anything of that.
        var isLate = false
    }

    /// Waits for the socket, a wake, or the deadline.
    ///
    /// - Parameter deadline: nil waits without end.
    func wait(socket: Int32, forWriting: Bool = false, until deadline: ContinuousClock.Instant?) -> Wake {
        withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors.initializeElement(
                at: 0, to: pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            descriptors.initializeElement(
                at: 1, to: pollfd(fd: socket, events: Int16(forWriting ? POLLIN | POLLOUT : POLLIN), revents: 0))
            while true {
                let ready = poll(descriptors.baseAddress, 2, Self.milliseconds(until: deadline))
                if ready < 0, errno == EINTR || errno == EAGAIN { continue }
                if ready == 0, let deadline, ContinuousClock.now < deadline { continue }
                return wake(own: descriptors[0].revents, socket: descriptors[1].revents)
            }
        }
    }

    private func wake(own: Int16, socket: Int16) -> Wake {
        var wake = Wake()
        if own != 0 {
            var count: UInt64 = 0
            _ = read(descriptor, &count, 8)
            wake.wasWoken = true
        }
        let writable = Int16(POLLOUT)
        wake.isWritable = socket & writable != 0
        wake.isReadable = socket & ~writable != 0
        wake.isLate = own == 0 && socket == 0
        return wake
    }

    /// `poll` takes whole milliseconds; rounding up keeps it from returning early again and again.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let rest = deadline - ContinuousClock.now
        guard rest > .zero else { return 0 }
        return Int32(clamping: Int64((rest / .milliseconds(1)).rounded(.up)))
    }
}
#endif
