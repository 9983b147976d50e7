import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore
import Synchronization

/// Remembers when keys were used, and writes that down now and then: never while a request waits, and for each key at most
/// once in ``spacing``.
final class KeyUses: Service {
    /// Least time between two writes for one key: `last_used_at` is that coarse.
    static let spacing = Duration.seconds(60)
    /// How often to look for what is to be written, and so how soon a key's first use is.
    static let interval = Duration.seconds(2)
    private static let failure: Logger.Message = "The last use of keys cannot be written"
    /// Most keys whose use is remembered at once.
    private static let capacity = 10_000

    fileprivate struct Use {
        var last: Timestamp
        /// What the store has; nil where this process has not written it.
        var written: Timestamp?
    }

    // text: identifiers of keys that the store has, which we made.
    private let uses = Mutex<[String: Use]>([:])
    private let store: any APIKeyStore
    private let clock: WallClock
    private let logger: Logger

    init(store: any APIKeyStore, clock: WallClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    func note(_ id: String, at now: Timestamp) {
        uses.withLock { uses in
            guard uses[id] != nil || uses.count < Self.capacity else { return }
            uses[id, default: Use(last: now)].last = now
        }
    }

    func run() async throws {
        try await PeriodicService(
            every: Self.interval, failure: Self.failure, clock: clock, logger: logger
        ) { try await self.write() }.run()
        do {
            try await write(spacing: .zero)
        } catch {
            logger.warning(Self.failure, metadata: ["error": "\(error)"])
        }
    }

    /// Writes down what is due.
    func write(spacing: Duration = KeyUses.spacing) async throws {
        let now = clock.now()
        let due = uses.withLock { $0.takeDue(now: now, spacing: spacing) }
        guard !due.isEmpty else { return }
        try await store.recordUses(of: due)
        uses.withLock { uses in
            for (id, time) in due { uses[id]?.written = time }
        }
    }
}

// text: as above.
extension [String: KeyUses.Use] {
    /// What is to be written. What was written long ago and has not been used since is forgotten.
    // text: as above.
    fileprivate mutating func takeDue(now: Timestamp, spacing: Duration) -> [String: Timestamp] {
        // text: as above.
        var due: [String: Timestamp] = [:]
        for (id, use) in self {
            let isDue = use.written.map { $0.advanced(by: spacing) <= now } ?? true
            guard isDue else { continue }
            if use.last == use.written { self[id] = nil } else { due[id] = use.last }
        }
        return due
    }
}
