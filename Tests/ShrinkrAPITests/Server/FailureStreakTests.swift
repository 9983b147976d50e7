import Logging
import ShrinkrCore
import Synchronization
import Testing

@testable import ShrinkrAPI

@Suite struct FailureStreakTests {
    @Test func failureIsSaidAtOnceThenOnceAMinuteAndItsEndOnce() {
        let (clock, lines) = (TestClock(), LogLines())
        let streak = FailureStreak("It fails", clock: clock.wallClock, logger: lines.logger)

        streak.succeeded()
        #expect(lines.all == [])
        for _ in 0..<100 { streak.failed("no queue") }
        #expect(lines.all == ["warning It fails 1"])
        clock.advance(by: .seconds(61))
        streak.failed("no queue")
        streak.failed("no queue")
        #expect(lines.all == ["warning It fails 1", "warning It fails 101"])
        streak.succeeded()
        streak.succeeded()
        #expect(lines.all.last == "info Works again 102")
        #expect(lines.all.count == 3)
    }
}

/// Keeps what is logged: level, message and number of failures.
private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let failures = event.metadata?["failures"].map { " \($0)" } ?? ""
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(failures)") }
        }
    }
}
