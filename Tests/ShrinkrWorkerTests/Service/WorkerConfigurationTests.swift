import Testing

@testable import ShrinkrWorker

@Suite("The worker's configuration")
struct WorkerConfigurationTests {
    @Test("works as it comes")
    func defaults() throws {
        try WorkerConfiguration().validate()
        try WorkerConfiguration.embedded.validate()
        #expect(WorkerConfiguration().flush.interval == .seconds(30))
        #expect(WorkerConfiguration.embedded.flush.interval == .seconds(2))
    }

    @Test("gives up a killed worker's claim on a report after some intervals, within bounds")
    func reportClaims() throws {
        let claims = [1, 5, 30, 60, 3_600].map { seconds in
            var policy = ReportPolicy()
            policy.write(every: .seconds(seconds))
            #expect(policy.deadline < policy.claimDuration)
            return policy.claimDuration
        }
        #expect(claims == [60, 60, 150, 300, 300].map { .seconds($0) })
        var policy = ReportPolicy()
        policy.write(every: policy.interval)
        #expect(policy == ReportPolicy(), "the defaults fit together")
    }

    @Test(
        "is refused where it cannot work",
        arguments: [
            { $0.receivers = 0 }, { $0.receivers = 17 }, { $0.receive.maximumMessages = 11 },
            { $0.receive.wait = .seconds(-1) },
            { $0.flush.interval = .seconds(-1) }, { $0.flush.maximumAttempts = 0 },
            { $0.flush.visibilityTimeout = .zero }, { $0.flush.maximumFrames = 0 }, { $0.reports.interval = .zero },
            { $0.reports.deadline = $0.reports.claimDuration }, { $0.drainDeadline = .seconds(-1) },
        ] as [@Sendable (inout WorkerConfiguration) -> Void])
    func invalid(_ change: @Sendable (inout WorkerConfiguration) -> Void) {
        var configuration = WorkerConfiguration()
        change(&configuration)
        #expect(throws: WorkerError.self) { try configuration.validate() }
    }
}
