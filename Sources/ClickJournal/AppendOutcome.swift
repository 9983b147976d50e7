import Glibc

/// What became of one record.
package enum AppendOutcome: Sendable, Equatable {
    /// The operating system has the whole record.
    case recorded
    /// The record is not in the journal, and nothing of it remains there.
    case dropped(DropReason)
}

/// Why a record was not recorded.
package enum DropReason: Sendable, Equatable {
    /// The journal holds `maximumBytes`; acknowledging frees space.
    case full
    /// The disk, or the quota on it, is full.
    case diskFull
    /// Writing failed otherwise.
    case io(errno: Int32)
    /// The record exceeds `maximumRecordBytes`.
    case tooLarge
    /// The journal was closed.
    case closed

    init(errno code: Int32) {
        self = code == ENOSPC || code == EDQUOT ? .diskFull : .io(errno: code)
    }
}
