package import Logging
package import ShrinkrBase
import Synchronization

/// Says once that something has begun to fail, again every minute while it lasts, and once that it works again: an
/// operator must hear of it, and a log must not drown in it, also where every other attempt fails.
package final class FailureStreak: Sendable {
    /// Least time between two lines about failures.
    static let interval = Duration.seconds(60)

    private struct State {
        var failures = 0
        /// Whether there was a line about this streak, so that its end is worth one.
        var isSaid = false
        var lastLineAt: Timestamp?
    }

    private let what: Logger.Message
    private let clock: WallClock
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter what: What fails, as a log message.
    package init(_ what: Logger.Message, clock: WallClock, logger: Logger) {
        self.what = what
        self.clock = clock
        self.logger = logger
    }

    package func failed(_ reason: String) {
        let now = clock.now()
        let failures: Int? = state.withLock { state in
            state.failures += 1
            if let last = state.lastLineAt, now < last.advanced(by: Self.interval) { return nil }
            state.lastLineAt = now
            state.isSaid = true
            return state.failures
        }
        guard let failures else { return }
        logger.warning(what, metadata: ["error": "\(reason)", "failures": "\(failures)"])
    }

    package func succeeded() {
        let failures = state.withLock { state in
            defer { (state.failures, state.isSaid) = (0, false) }
            return state.isSaid ? state.failures : 0
        }
        if failures > 0 { logger.info("Works again", metadata: ["what": "\(what)", "failures": "\(failures)"]) }
    }
}
