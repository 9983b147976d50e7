/// Where reports go.
package protocol ReportSink: Sendable {
    /// Writes an object whole, in place of one with the same key. Readers see the old bytes or the new ones.
    ///
    /// - Parameter key: relative to the sink's root, such as `daily/dt=2026-11-22/links.ndjson.gz`.
    func write(key: String, bytes: [UInt8]) async throws
}
