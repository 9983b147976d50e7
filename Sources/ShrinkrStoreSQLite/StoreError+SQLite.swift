import GRDB
import ShrinkrStore

extension StoreError {
    /// What SQLite reported, in words. Neither the statement nor its arguments become part of it.
    init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "no details"
        if error.isAboutContent {
            self = .refused(reason: "SQLite error \(error.extendedResultCode.rawValue): \(detail)")
            return
        }
        let reason =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another process kept \(path) locked for too long"
            case .SQLITE_FULL: "no space left for \(path)"
            case .SQLITE_IOERR: "\(path) cannot be read or written: \(detail)"
            case .SQLITE_CANTOPEN: "\(path) cannot be opened: \(detail)"
            case .SQLITE_READONLY, .SQLITE_PERM: "\(path) may not be written"
            case .SQLITE_NOTADB: "\(path) is not an SQLite database"
            case .SQLITE_CORRUPT: "\(path) is damaged: \(detail)"
            default: "SQLite error \(error.extendedResultCode.rawValue) with \(path): \(detail)"
            }
        self = .unavailable(reason: reason)
    }
}

extension DatabaseError {
    /// Whether somebody else had the database locked.
    var isBusy: Bool { resultCode == .SQLITE_BUSY || resultCode == .SQLITE_LOCKED }

    /// Whether the values are to blame and not the state of the database.
    fileprivate var isAboutContent: Bool {
        [.SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE].contains(resultCode)
    }
}
