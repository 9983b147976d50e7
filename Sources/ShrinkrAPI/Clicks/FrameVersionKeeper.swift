import ClickJournal
import Logging
import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore
import Synchronization

/// Watches which frames workers read and what of those in version 2 is counted.
///
/// A frame in version 2 stays in the journal until the ledger has its clicks. It is sent again, in version 1, where the
/// ledger shows that a worker took it for a beginning without clicks, and where it is not counted for long.
final class FrameVersionKeeper: Sendable {
    static let interval = Duration.seconds(2)
    /// How long a frame in version 2 may wait to be counted: as long as the queue hides what a worker had in hand that was
    /// killed (SHRINKR_VISIBILITY_TIMEOUT), and some time more.
    static let patience = Duration.seconds(150)

    private let store: any WorkerVersionStore
    private let dispenser: FrameDispenser
    private let metrics: APIMetrics
    private let time: MonotonicTime
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var rule = FrameVersionRule()
        // text: a journal's name is a UUID.
        /// Clicks that workers counted which do not say what they read, by journal.
        var strangers: [String: Int] = [:]
    }

    init(
        store: any WorkerVersionStore, dispenser: FrameDispenser, metrics: APIMetrics, time: MonotonicTime,
        logger: Logger
    ) {
        self.store = store
        self.dispenser = dispenser
        self.metrics = metrics
        self.time = time
        self.logger = logger
    }

    /// The version in which frames may be sent now.
    var version: Int { state.withLock(\.rule.version) }

    /// Watches until the program shuts down.
    func run() async throws {
        try await PeriodicService(
            every: Self.interval, failure: "Which frames workers read cannot be seen; they are sent in version 1",
            logger: logger
        ) { try await self.refresh() }.run()
    }

    func refresh() async throws {
        do {
            let versions = try await store.workerVersions()
            let counting = try await store.counting(of: await dispenser.journals)
            let hasBeginnings = try await dispenser.settle(counting)
            let late = await dispenser.takeBack(sentBefore: time.now() - Self.patience)
            let isNew = noteStrangers(counting)
            note(.init(versions: versions, hasStrangers: hasBeginnings || isNew, isOverdue: late > 0))
            if state.withLock(\.rule.isWorkerOlder) { await dispenser.takeBack() }
        } catch {
            note(nil)
            throw error
        }
    }

    /// Whether somebody unknown has counted clicks since the last time.
    // text: a journal's name is a UUID.
    private func noteStrangers(_ counting: [String: JournalCounting]) -> Bool {
        state.withLock { state in
            var isNew = false
            for (journal, counting) in counting {
                // Of a journal that is new to this process nobody knows when they were counted: perhaps just now.
                if counting.clicksOfStrangers > state.strangers[journal] ?? 0 { isNew = true }
            }
            state.strangers = counting.mapValues(\.clicksOfStrangers)
            return isNew
        }
    }

    private func note(_ sight: FrameVersionRule.Sight?) {
        let (before, after) = state.withLock { state in
            let before = state.rule
            state.rule.observe(sight, at: time.now())
            return (before, state.rule)
        }
        metrics.frameVersion.set(Double(after.version))
        guard before.version != after.version else { return }
        logger.notice(
            "Frames are sent in another version",
            metadata: ["frame.version": "\(after.version)", "reason": "\(after.reason.rawValue)"])
    }
}
