import Glibc
import Synchronization

/// Writes log lines to a file descriptor, usually standard output or standard error.
///
/// One `write(2)` per line under a lock. The write blocks while the reader of a full pipe does not read; a descriptor
/// that is closed, full or non-blocking loses lines, never the program.
package final class FileDescriptorLogOutput: LogOutput {
    private let descriptor: Int32
    /// True while the last line on the descriptor has no end, because a write stopped in its middle.
    private let isTorn = Mutex(false)

    /// - Parameter descriptor: stays open and owned by the caller, for as long as anything may log.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether the descriptor is a terminal, asked anew at every access.
    package var isTerminal: Bool {
        isatty(descriptor) == 1
    }

    package func write(_ line: [UInt8]) {
        isTorn.withLock { isTorn in
            // Ending the torn line first keeps this one readable, and the torn one from swallowing it.
            let bytes = isTorn ? [UInt8(ascii: "\n")] + line : line
            let written = writeAll(bytes)
            if written > 0 { isTorn = bytes[written - 1] != UInt8(ascii: "\n") }
        }
    }

    /// How many of `bytes` the system took.
    private func writeAll(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    written += count
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            return written
        }
    }
}

/// Where finished log lines go.
package protocol LogOutput: Sendable {
    /// Whether a person reads along on a terminal; decides the default format and colours.
    var isTerminal: Bool { get }

    /// Writes one whole line, its line end included, without mixing it with lines of other threads. Never fails: a
    /// program must not stop for its log.
    func write(_ line: [UInt8])
}
