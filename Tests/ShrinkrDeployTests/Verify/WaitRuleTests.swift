import Testing

@testable import ShrinkrDeploy

@Suite("Waiting") struct WaitRuleTests {
    private let inSync = Scene.environment(Scene.healthy())
    private let rolling = Scene.environment(Scene.healthy { $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS")) })
    private let notBegun = Scene.environment(Scene.healthy { $0.stack = .seen(Scene.stack(parameters: [:])) })
    private let denied = Scene.environment(Scene.healthy { $0.service = .unseen(Scene.denied) })
    private let unreachable = Scene.environment(Scene.healthy { $0.service = .unseen(Scene.failed) })

    private func failure(_ time: String) -> EnvironmentVerification {
        Scene.environment(
            Scene.healthy {
                Sight.rollBack(&$0)
                $0.stack = .seen(Scene.stack("UPDATE_ROLLBACK_COMPLETE", parameters: [:], lastChange: time))
            })
    }

    private func looks(_ looks: [EnvironmentVerification], limit: Duration = .seconds(100)) -> [Bool] {
        var rule = WaitRule(limit: limit)
        return looks.enumerated().map { rule.looksAgain(after: $1, elapsed: .seconds(10 * $0)) }
    }

    @Test("ends when all is in sync")
    func ends() {
        #expect(looks([rolling, rolling, inSync]) == [true, true, false])
        #expect(looks([inSync]) == [false])
    }

    @Test("goes on while Git sync has not begun, and ends with the time")
    func notBegunYet() {
        #expect(looks([notBegun, notBegun, rolling, inSync]) == [true, true, true, false])
        #expect(looks([notBegun, notBegun, notBegun], limit: .seconds(20)) == [true, true, false])
        #expect(looks([rolling], limit: .zero) == [false])
    }

    @Test("ends with a deployment that fails meanwhile, not with one that had failed before")
    func failures() {
        #expect(looks([rolling, failure("2")]) == [true, false])
        #expect(looks([failure("1"), failure("1"), rolling, failure("2")]) == [true, true, true, false])
        #expect(looks([failure("1"), rolling, inSync]) == [true, true, false])
    }

    @Test("goes on where looking failed, not where it is forbidden")
    func hidden() {
        #expect(looks([denied]) == [false])
        #expect(looks([unreachable, inSync]) == [true, false])
        #expect(looks([rolling, denied]) == [true, false])
    }

    @Test("tells each change, and gives a sign of life every minute")
    func progress() {
        var progress = ProgressLines(limit: .seconds(900))
        let first = progress.line(for: rolling, elapsed: .zero)
        #expect(first == "0s of 900s: api: still rolling: stack status: UPDATE_IN_PROGRESS")
        #expect(progress.line(for: rolling, elapsed: .seconds(10)) == nil)
        #expect(
            progress.line(for: notBegun, elapsed: .seconds(20))?.hasPrefix("20s of 900s: api: drift: stack par") == true
        )
        #expect(progress.line(for: notBegun, elapsed: .seconds(79)) == nil)
        #expect(progress.line(for: notBegun, elapsed: .seconds(80)) != nil)
    }
}
