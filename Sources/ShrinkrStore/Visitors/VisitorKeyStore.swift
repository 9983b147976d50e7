package import ShrinkrBase

/// Keeps the keys of visitor hashes: one for each UTC day, the same for all processes. Every method may throw
/// ``StoreError``.
package protocol VisitorKeyStore: Sendable {
    /// The key of a day.
    ///
    /// - Parameters:
    ///   - day: Days since 1970-01-01.
    ///   - proposal: Becomes the day's key where there is none yet.
    /// - Returns: The key that all processes use, whoever proposed it.
    func visitorKey(ofDay day: Int64, proposal: [UInt8]) async throws -> [UInt8]

    /// Destroys the keys of all days before `day`: afterwards no file of the store holds their bytes.
    ///
    /// Keys of days that are not over for longer than ``VisitorKeys/grace`` by the store's own clock stay, whatever `day`
    /// says: one process whose clock is ahead takes no key away from the others. The store's clock is that of its server,
    /// or of the machine where it has none.
    ///
    /// - Throws: Also where another process still reads the store as it was before, so that its bytes must stay for the
    ///   moment. Calling it again completes what is left.
    func destroyVisitorKeys(beforeDay day: Int64) async throws
}

/// What holds for the keys of visitor hashes in every store.
package enum VisitorKeys {
    /// How long a key outlives its day: clocks of two processes that are 20 minutes wrong, one each way, are 40 minutes
    /// apart.
    package static let grace = Duration.seconds(3_600)

    /// The first day whose key is still needed.
    package static func firstDay(at now: Timestamp) -> Int64 { now.advanced(by: .zero - grace).utcDay }
}
