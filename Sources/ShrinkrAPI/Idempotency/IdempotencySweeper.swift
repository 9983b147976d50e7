import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore

/// Forgets idempotency keys when their day is over.
struct IdempotencySweeper: Service {
    /// How long an answer is kept.
    static let lifetime = Duration.seconds(24 * 3_600)
    static let interval = Duration.seconds(600)

    private let store: any IdempotencyStore
    private let clock: WallClock
    private let logger: Logger

    init(store: any IdempotencyStore, clock: WallClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        try await PeriodicService(
            every: Self.interval, failure: "Idempotency keys cannot be forgotten", clock: clock, logger: logger
        ) {
            _ = try await store.forgetIdempotencyKeys(before: clock.now().advanced(by: .zero - Self.lifetime))
        }.run()
    }
}
