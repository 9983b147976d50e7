import Glibc

/// What became of one record.
package enum AppendOutcome: Sendable, Equatable {
    /// The operating system has the whole record.
    case recorded
    /// The record is not in the journal, and nothing of it remains there.
    case dropped(DropReason)
}

/// What became of several records.
package struct BatchOutcome: Sendable, Equatable {
    /// How many of them the operating system has.
    package var recorded = 0
    /// Why each of the others was dropped.
    package var dropped: [DropReason] = []

    mutating func add(_ outcome: AppendOutcome) {
        switch outcome {
        case .recorded: recorded += 1
        case .dropped(let reason): dropped.append(reason)
        }
    }
}

/// Why a record was not recorded.
package enum DropReason: Sendable, Equatable, CustomStringConvertible {
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

    /// A few words for an operator.
    package var description: String {
        switch self {
        case .full: "the journal holds as much as it may"
        case .diskFull: "the disk is full"
        case .io(let code): "the disk fails (\(String(cString: strerror(code))))"
        case .tooLarge: "the click is too large"
        case .closed: "the journal is closed"
        }
    }
}
