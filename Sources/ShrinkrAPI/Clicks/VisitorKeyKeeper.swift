import Crypto
import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore
import Synchronization

/// Sees to it that the key of visitor hashes is the same in all processes on each day, and gone after it.
///
/// Any process may make a day's key; the database keeps the first. The next day's key is had some time before midnight,
/// each process at its own moment, so that the change of day needs no database.
///
/// A key outlives its day by ``VisitorKeys/grace``: a process whose clock is behind still uses it, and may start anew and
/// ask for it. Were it gone, that process would make another, and its visitors would count twice. It is destroyed when
/// both a process and the store find that its time is over, so that one wrong clock destroys none too early.
final class VisitorKeyKeeper: Service {
    /// How long before midnight the next day's key is had: longer than a database is likely to be away.
    private static let leads = 3_600.0...10_800.0
    /// How often to look, in seconds; random, so that processes that were started together do not come together.
    private static let intervals = 20.0...40.0

    private let hasher: VisitorHasher
    private let store: any VisitorKeyStore
    private let clock: WallClock
    private let lead: Duration
    private let logger: Logger
    /// The first day whose key may still exist; nil until keys were destroyed for the first time.
    private let firstDay = Mutex<Int64?>(nil)

    init(hasher: VisitorHasher, store: any VisitorKeyStore, clock: WallClock, logger: Logger) {
        self.hasher = hasher
        self.store = store
        self.clock = clock
        lead = .seconds(Double.random(in: Self.leads))
        self.logger = logger
    }

    func run() async throws {
        try await PeriodicService(
            every: .seconds(Double.random(in: Self.intervals)),
            failure: "The day's visitor key cannot be shared or destroyed; visitors may count twice", clock: clock,
            logger: logger
        ) { try await self.refresh() }.run()
    }

    /// Gets the keys that are needed now and soon, and destroys those of past days. Where the database is away, the next
    /// call does what is left.
    func refresh() async throws {
        let now = clock.now()
        let first = VisitorKeys.firstDay(at: now)
        let last = max(now.utcDay, now.advanced(by: lead).utcDay)
        hasher.keepKeys(ofDays: first...(now.utcDay + 1))
        for day in now.utcDay...last where !hasher.isShared(day) { try await share(day) }
        if firstDay.withLock({ $0 != first }) {
            try await store.destroyVisitorKeys(beforeDay: first)
            firstDay.withLock { $0 = first }
        }
    }

    /// What this process uses meanwhile becomes the key of all where none of them was sooner: then nobody counts twice.
    private func share(_ day: Int64) async throws {
        let proposal = hasher.key(ofDay: day).withUnsafeBytes { Array($0) }
        let key = try await store.visitorKey(ofDay: day, proposal: proposal)
        hasher.share(SymmetricKey(data: key), ofDay: day)
    }
}
