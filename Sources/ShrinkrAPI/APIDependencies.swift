package import ClickJournal
package import ClickQueue
package import Logging
package import ShrinkrBase
package import ShrinkrObservability
package import ShrinkrStore

/// What the API is built on; tests give others than production does.
package struct APIDependencies: Sendable {
    package var links: any LinkStore
    package var stats: any StatsStore
    package var keys: any APIKeyStore
    package var idempotency: any IdempotencyStore
    package var visitorKeys: any VisitorKeyStore
    /// Where workers say which frames they read; nil sends frames in version 1.
    package var workers: (any WorkerVersionStore)?
    package var journal: ClickJournal
    package var queue: any ClickQueueSender
    package var registry: MetricsRegistry
    package var readiness: Readiness
    package var clock: WallClock
    /// What limits are measured by.
    package var time = MonotonicTime(ContinuousClock())
    /// Tells whose programs talk to us over loopback.
    var owners = ConnectionOwners()
    package var logger: Logger

    /// - Parameter store: One store for links, statistics, keys, idempotency and visitor keys.
    package init(
        store: some LinkStore & StatsStore & APIKeyStore & IdempotencyStore & VisitorKeyStore,
        journal: ClickJournal, queue: any ClickQueueSender, registry: MetricsRegistry, readiness: Readiness,
        clock: WallClock = .system, logger: Logger
    ) {
        (links, stats, keys, idempotency, visitorKeys) = (store, store, store, store, store)
        self.journal = journal
        self.queue = queue
        self.registry = registry
        self.readiness = readiness
        self.clock = clock
        self.logger = logger
    }
}
