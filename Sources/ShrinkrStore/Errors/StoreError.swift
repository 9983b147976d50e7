package import ShrinkrCore

/// Why a store could not do what it was asked.
package enum StoreError: Error, Hashable, CustomStringConvertible {
    /// The database did not answer in time, is locked, full or gone: trying again later may help.
    case unavailable(reason: String)
    /// The database works, but does not take what it was given: the same will fail again, other things may not.
    case refused(reason: String)
    /// The idempotency reservation was taken over by another request; nothing was changed.
    case reservationLost
    /// The database was made for another rule of case than the one that is wanted: for this one.
    case otherCodeCase(CodeCase)

    package var description: String {
        switch self {
        case .unavailable(let reason): "the database is not available: \(reason)"
        case .refused(let reason): "the database refuses it: \(reason)"
        case .reservationLost: "another request with the same idempotency key has taken over"
        case .otherCodeCase(let codeCase): "the database was made for codes that are case-\(codeCase.rawValue)"
        }
    }
}
