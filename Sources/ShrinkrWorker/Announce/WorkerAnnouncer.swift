package import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
package import ShrinkrStore

/// Says in the store, for as long as the worker receives, which frames it reads: APIs send no newer ones.
///
/// To be stopped before the worker, so that APIs hear that it goes while it still counts what it has received.
package struct WorkerAnnouncer: Service {
    static let interval = Duration.seconds(10)
    /// How long a worker is taken for alive that says nothing more.
    static let lifetime = Duration.seconds(30)

    private let store: any WorkerVersionStore
    private let id: String
    private let logger: Logger

    /// - Parameter id: a UUID, new for each start.
    package init(store: any WorkerVersionStore, id: String, logger: Logger) {
        self.store = store
        self.id = id
        self.logger = logger
    }

    package func run() async throws {
        let worker = WorkerAnnouncement(id: id, frameVersion: ClickFrame.version)
        try await PeriodicService(
            every: Self.interval, failure: "The worker cannot say which frames it reads; they come in version 1",
            logger: logger
        ) { try await store.announceWorker(worker, for: Self.lifetime) }.run()
        // Else it is forgotten a little later.
        try? await store.withdrawWorker(id)
    }
}
