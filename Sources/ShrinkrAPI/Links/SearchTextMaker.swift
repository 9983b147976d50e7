import Logging
import ServiceLifecycle
import ShrinkrObservability
import ShrinkrStore

/// Makes the texts that are searched for links that programs of releases before have made, or `copy-store` has brought.
struct SearchTextMaker: Service {
    /// How soon a search finds by its index what a program of the release before makes during an upgrade.
    static let interval = Duration.seconds(60)
    /// Links of one transaction: others that write wait for it, some tens of milliseconds.
    static let batch = 500

    private let store: any LinkStore
    private let logger: Logger

    init(store: any LinkStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func run() async throws {
        try await PeriodicService(
            every: Self.interval, failure: "Links cannot be made ready for searches", logger: logger
        ) {
            var count = 0
            while true {
                let made = try await store.makeSearchTexts(limit: Self.batch)
                count += made
                if made == 0 { break }
            }
            if count > 0 { logger.info("Links are ready for searches", metadata: ["links": "\(count)"]) }
        }.run()
    }
}
