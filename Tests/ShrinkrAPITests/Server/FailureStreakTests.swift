import Logging
import ShrinkrObservability
import Testing

@testable import ShrinkrAPI

@Suite struct FailureStreakTests {
    @Test func failureIsSaidAtOnceThenOnceAMinuteAndItsEndOnce() {
        let (clock, lines) = (TestClock(), LogLines(showing: "failures"))
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

    /// Several may try at once, and some of them succeed: that is no reason for a line each time.
    @Test func failuresThatComeAndGoAreSaidOnceAMinute() {
        let (clock, lines) = (TestClock(), LogLines(showing: "failures"))
        let streak = FailureStreak("It fails", clock: clock.wallClock, logger: lines.logger)
        for _ in 0..<100 {
            streak.failed("now and then")
            streak.succeeded()
        }
        #expect(lines.all == ["warning It fails 1", "info Works again 1"])
        clock.advance(by: .seconds(61))
        streak.failed("now and then")
        #expect(lines.all.last == "warning It fails 1")
        #expect(lines.all.count == 3)
    }
}
