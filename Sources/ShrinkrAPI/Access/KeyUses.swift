import Logging
import ServiceLifecycle
import ShrinkrCore
import ShrinkrStore
import Synchronization

/// Remembers when keys were used, and writes that down now and then: never while a request waits, and for each key at most
/// once in ``spacing``.
final class KeyUses: Service {
    /// Least time between two writes for one key: `last_used_at` is that coarse.
    static let spacing = Duration.seconds(60)
    /// How often to look for what is to be written, and so how soon a key's first use is.
    static let interval = Duration.seconds(2)
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
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.interval)
                await self.write()
            }
        }
        await write(spacing: .zero)
    }

    /// Writes down what is due.
    func write(spacing: Duration = KeyUses.spacing) async {
        let now = clock.now()
        let due = uses.withLock { $0.takeDue(now: now, spacing: spacing) }
        guard !due.isEmpty else { return }
        do {
            try await store.recordUses(of: due)
            uses.withLock { uses in
                for (id, time) in due { uses[id]?.written = time }
            }
        } catch {
            logger.debug("The last use of keys could not be written", metadata: ["error": "\(error)"])
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
