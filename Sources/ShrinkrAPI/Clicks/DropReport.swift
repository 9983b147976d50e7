import ClickJournal
import Logging
import ShrinkrBase
import ShrinkrObservability
import Synchronization

/// Tells of clicks that the journal cannot take: in the log, once per interval and once when it is over, and in the
/// readiness for as long as it lasts. The numbers of all lines add up to the clicks dropped.
final class DropReport: Sendable {
    /// Least time between two lines about dropped clicks.
    static let interval = Duration.seconds(10)
    /// How long every click must be recorded before it is over: a disk that is almost full takes some and drops others.
    static let quietTime = Duration.seconds(5)

    private struct State {
        var lastDropAt: Timestamp?
        var lastLineAt: Timestamp?
        /// Clicks dropped that no line has told of.
        var untold = 0

        mutating func tell() -> Int {
            defer { untold = 0 }
            return untold
        }
    }

    private let readiness: Readiness
    private let logger: Logger
    private let state = Mutex(State())
    /// Whether clicks were dropped lately; read on the way of every click.
    private let isDropping = Atomic(false)

    /// - Parameter readiness: Must have the component ``JournalService/component``.
    init(readiness: Readiness, logger: Logger) {
        self.readiness = readiness
        self.logger = logger
    }

    func dropped(_ reason: DropReason, at now: Timestamp) {
        let untold: Int? = state.withLock { state in
            state.untold += 1
            if state.lastDropAt == nil {
                readiness.markNotReady(JournalService.component, reason: "clicks are dropped: \(reason)")
                isDropping.store(true, ordering: .relaxed)
            }
            state.lastDropAt = now
            if let last = state.lastLineAt, now < last.advanced(by: Self.interval) { return nil }
            state.lastLineAt = now
            return state.tell()
        }
        guard let untold else { return }
        logger.error("Clicks dropped", metadata: ["clicks.dropped": "\(untold)", "reason": "\(reason)"])
    }

    /// Costs next to nothing while all is well.
    func recorded(at now: Timestamp) {
        guard isDropping.load(ordering: .relaxed) else { return }
        let untold: Int? = state.withLock { state in
            guard let last = state.lastDropAt, now >= last.advanced(by: Self.quietTime) else { return nil }
            state.lastDropAt = nil
            isDropping.store(false, ordering: .relaxed)
            readiness.markReady(JournalService.component)
            return state.tell()
        }
        guard let untold else { return }
        logger.notice("Clicks are recorded again", metadata: ["clicks.dropped": "\(untold)"])
    }
}
