package import Logging
import ServiceLifecycle
package import ShrinkrBase

/// Does one thing at its start and then again and again, until the program shuts down.
///
/// A turn that fails is tried again with the next one; the log hears of it as ``FailureStreak`` says.
package struct PeriodicService: Service {
    private let interval: @Sendable () -> Duration
    private let failures: FailureStreak
    private let turn: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - interval: The time from the end of a turn to the start of the next, asked for before each pause.
    ///   - failure: What it means that turns fail, as a log message.
    package init(
        every interval: @autoclosure @escaping @Sendable () -> Duration, failure: Logger.Message,
        clock: WallClock = .system, logger: Logger, turn: @escaping @Sendable () async throws -> Void
    ) {
        self.interval = interval
        failures = FailureStreak(failure, clock: clock, logger: logger)
        self.turn = turn
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await turn()
                    failures.succeeded()
                } catch  where !Task.isCancelled {
                    failures.failed("\(error)")
                } catch {}
                try? await Task.sleep(for: interval())
            }
        }
    }
}
