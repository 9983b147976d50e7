import Logging
import ServiceLifecycle
import ShrinkrCore
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
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    _ = try await store.forgetIdempotencyKeys(before: clock.now().advanced(by: .zero - Self.lifetime))
                } catch {
                    logger.debug("Idempotency keys could not be swept", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
