/// Everything that is kept of links, keys and clicks, in one place.
package protocol Store: LinkStore, IdempotencyStore, APIKeyStore, StatsStore, ReportStore, VisitorKeyStore,
    WorkerVersionStore
{
    /// Ends running work and gives back what the store holds. Later calls may throw ``StoreError``.
    func close() async throws

    /// Why the program has to be started anew to use the store for long, in a few words without secrets; nil where it
    /// need not be.
    var restartReason: String? { get }
}

extension Store {
    package var restartReason: String? { nil }
}
