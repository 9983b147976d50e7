import ShrinkrCore
import Testing

@testable import ShrinkrAPI

@Suite struct FrameVersionRuleTests {
    private typealias Sight = FrameVersionRule.Sight
    private let quiet = FrameVersionRule.quietTime

    /// A rule that sends version 2 at ``quiet``.
    private func sendingNewest() -> FrameVersionRule {
        var rule = FrameVersionRule()
        rule.observe(Sight(versions: [2]), at: .zero)
        rule.observe(Sight(versions: [2]), at: quiet)
        return rule
    }

    @Test func newestIsSentOnceEveryWorkerHasReadItForAWhile() {
        var rule = FrameVersionRule()
        #expect(rule.version == 1)
        rule.observe(Sight(versions: [2, 3]), at: .zero)
        #expect((rule.version, rule.reason) == (1, .quiet))
        rule.observe(Sight(versions: [2, 2]), at: quiet - .milliseconds(1))
        #expect(rule.version == 1)
        rule.observe(Sight(versions: [3]), at: quiet)
        #expect((rule.version, rule.reason) == (ClickFrame.version, .allRead))
        rule.observe(Sight(versions: [2]), at: quiet * 2)
        #expect(rule.version == ClickFrame.version)
    }

    @Test(
        arguments: [
            (nil, .unknown, false), (Sight(), .noWorker, false), (Sight(versions: [1, 2]), .olderWorker, true),
            (Sight(versions: [2], hasStrangers: true), .stranger, true), (Sight(hasStrangers: true), .stranger, true),
            (Sight(versions: [2], isOverdue: true), .overdue, false),
        ] as [(FrameVersionRule.Sight?, FrameVersionRule.Reason, Bool)])
    func whateverSpeaksAgainstItEndsItAtOnce(
        sight: FrameVersionRule.Sight?, reason: FrameVersionRule.Reason, isWorkerOlder: Bool
    ) {
        var rule = sendingNewest()
        #expect(rule.version == ClickFrame.version)
        rule.observe(sight, at: quiet + .seconds(1))
        #expect((rule.version, rule.reason, rule.isWorkerOlder) == (1, reason, isWorkerOlder))
        // The time begins anew.
        rule.observe(Sight(versions: [2]), at: quiet * 2)
        #expect(rule.version == 1)
    }

    @Test func workersThatAreBehindGetVersionOneForLonger() {
        var rule = sendingNewest()
        rule.observe(Sight(versions: [2], isOverdue: true), at: quiet)
        rule.observe(Sight(versions: [2]), at: quiet + FrameVersionRule.penalty - .milliseconds(1))
        #expect(rule.reason == .overdue)
        rule.observe(Sight(versions: [2]), at: quiet + FrameVersionRule.penalty)
        #expect(rule.reason == .quiet)
        rule.observe(Sight(versions: [2]), at: quiet * 2 + FrameVersionRule.penalty)
        #expect(rule.reason == .allRead)
    }
}
