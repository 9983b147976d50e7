/// Everything that is kept of links, keys and clicks, in one place.
package protocol Store: LinkStore, IdempotencyStore, APIKeyStore, StatsStore, ReportStore, VisitorKeyStore,
    WorkerVersionStore
{
    /// Ends running work and gives back what the store holds. Later calls may throw ``StoreError``.
    func close() async throws
}
