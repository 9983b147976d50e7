import ClickJournal
import ShrinkrBase
import ShrinkrObservability
import Testing

@testable import ShrinkrAPI

@Suite struct DropReportTests {
    private let readiness = Readiness(components: [], degrading: [API.journalComponent])
    private let lines = LogLines(showing: "clicks.dropped")
    private let report: DropReport
    private let start = Timestamp(seconds: 1_795_000_000)

    init() {
        report = DropReport(readiness: readiness, logger: lines.logger)
        readiness.markReady(API.journalComponent)
    }

    private func time(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    @Test func saysNothingWhileAllIsWell() {
        report.recorded(at: time(0))
        #expect(lines.all == [])
        #expect(!readiness.isDegraded)
    }

    @Test func saysItOncePerIntervalAndWhenItIsOver() {
        for second in 0..<25 { report.dropped(.diskFull, at: time(Int64(second))) }
        #expect(readiness.isDegraded)
        #expect(readiness.snapshot.components.first?.reason == "clicks are dropped: the disk is full")
        report.recorded(at: time(30))
        #expect(!readiness.isDegraded)
        report.recorded(at: time(31))
        #expect(
            lines.all == [
                "error Clicks dropped 1", "error Clicks dropped 10", "error Clicks dropped 10",
                "notice Clicks are recorded again 4",
            ])
    }

    /// A disk that is almost full takes short clicks and drops long ones.
    @Test func isNotOverWhileClicksAreDroppedNowAndThen() {
        for second in 0..<9 {
            report.dropped(.diskFull, at: time(Int64(second)))
            report.recorded(at: time(Int64(second)))
        }
        #expect(readiness.isDegraded)
        #expect(lines.all == ["error Clicks dropped 1"])
        report.recorded(at: time(13))
        #expect(!readiness.isDegraded)
        #expect(lines.all == ["error Clicks dropped 1", "notice Clicks are recorded again 8"])
    }
}
