import Glibc

/// Why a journal could not be opened, read, synchronised or acknowledged. `append` never throws.
package enum JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process (or another `ClickJournal` of this one) holds the directory.
    case directoryInUse(path: String)
    /// A newer program wrote the journal; reading it as damage would destroy it.
    case unsupportedVersion(path: String, version: UInt64)
    /// A limit that cannot work.
    case invalidConfiguration(String)
    /// A system call failed.
    case io(operation: String, path: String, errno: Int32)
    /// The journal was closed.
    case closed
    /// The thread pool is not running, or the calling task was cancelled before the work began.
    case unavailable

    /// Whether the disk, or the quota on it, is full.
    var isDiskFull: Bool {
        guard case .io(_, _, let code) = self else { return false }
        return code == ENOSPC || code == EDQUOT
    }

    /// Whether the disk has the bytes and cannot read them: a bad block (EIO), or a checksum of the file system's own that
    /// is wrong (EBADMSG, EUCLEAN).
    var isUnreadable: Bool {
        guard case .io(operation: "read", _, let code) = self else { return false }
        return code == EIO || code == EBADMSG || code == EUCLEAN
    }

    /// One sentence for an operator, without its full stop.
    package var description: String {
        switch self {
        case .directoryInUse(let path):
            "The click journal directory \(path) is in use by another process; give every process its own"
        case .unsupportedVersion(let path, let version):
            "The click journal file \(path) has format version \(version), which a newer program wrote; start that one"
        case .invalidConfiguration(let message):
            "The click journal's configuration is invalid: \(message)"
        case .io(let operation, let path, let errno):
            "The click journal could not \(operation) \(path): \(String(cString: strerror(errno)))"
        case .closed:
            "The click journal is closed"
        case .unavailable:
            "The click journal's thread pool is not running, or the task was cancelled"
        }
    }
}
