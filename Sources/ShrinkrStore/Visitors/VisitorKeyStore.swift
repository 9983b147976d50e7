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
    /// - Throws: Also where another process still reads the store as it was before, so that its bytes must stay for the
    ///   moment. Calling it again completes what is left.
    func destroyVisitorKeys(beforeDay day: Int64) async throws
}
