import Testing

@testable import AWSRuntime

@Suite("Retry decision")
struct RetryStateTests {
    private func fail(
        _ state: inout RetryState,
        _ kind: FailureKind,
        clockDiffers: Bool = false,
        serverAsks: Duration? = nil,
        now: Duration = .zero,
        random: Double = 0.5,
        quota: inout RetryQuota
    ) -> RetryState.Action {
        state.failed(
            kind,
            clockDiffers: clockDiffers,
            serverAsks: serverAsks,
            now: now,
            random: random,
            quota: &quota
        )
    }

    private func state(_ change: (inout RetryPolicy) -> Void = { _ in }) -> RetryState {
        var policy = RetryPolicy()
        change(&policy)
        return RetryState(policy: policy, attemptTimeout: nil, now: .zero)
    }

    @Test("Three attempts, waits that double, then the error")
    func attempts() {
        var state = state()
        var quota = RetryQuota()
        #expect(fail(&state, .transient, quota: &quota) == .retry(after: .milliseconds(25)))
        #expect(fail(&state, .transient, quota: &quota) == .retry(after: .milliseconds(50)))
        #expect(fail(&state, .transient, quota: &quota) == .giveUp(.attempts))
        #expect(state.attempt == 3)
    }

    @Test("Throttling waits longer and costs less")
    func throttling() {
        var state = state()
        var quota = RetryQuota()
        #expect(fail(&state, .throttling, quota: &quota) == .retry(after: .milliseconds(500)))
        #expect(quota.available == RetryQuota.capacity - RetryQuota.throttlingRetryCost)
        _ = fail(&state, .transient, quota: &quota)
        #expect(quota.available == RetryQuota.capacity - RetryQuota.throttlingRetryCost - RetryQuota.retryCost)
    }

    @Test("No wait is longer than the limit", arguments: [1, 5, 10, 60, 1000])
    func delayLimit(_ retry: Int) {
        let policy = RetryPolicy()
        let delay = policy.delay(beforeRetry: retry, after: .throttling, serverAsks: nil, random: 0.999)
        #expect(delay <= policy.maximumDelay)
        #expect(policy.delay(beforeRetry: retry, after: .transient, serverAsks: nil, random: 0) == .zero)
    }

    @Test("A server may ask for more, within bounds")
    func serverAsks() {
        func delay(_ asks: Duration) -> Duration {
            RetryPolicy().delay(beforeRetry: 1, after: .throttling, serverAsks: asks, random: 0.5)
        }
        #expect(delay(.milliseconds(100)) == .milliseconds(500))
        #expect(delay(.seconds(2)) == .seconds(2))
        #expect(delay(.seconds(3600)) == .milliseconds(5500))
    }

    @Test("An empty quota allows no retry, and successes refill it")
    func quotaRunsOut() {
        var quota = RetryQuota()
        var retries = 0
        while true {
            var state = state()
            guard case .retry = fail(&state, .transient, quota: &quota) else { break }
            retries += 1
        }
        #expect(retries == RetryQuota.capacity / RetryQuota.retryCost)
        var last = state()
        #expect(fail(&last, .transient, quota: &quota) == .giveUp(.quota))
        for _ in 0..<RetryQuota.retryCost { state().succeeded(quota: &quota) }
        #expect(fail(&last, .transient, quota: &quota) == .retry(after: .milliseconds(25)))
    }

    @Test("A retry that succeeds gives back what it took, never more than the capacity")
    func refund() {
        var quota = RetryQuota()
        var state = state()
        _ = fail(&state, .transient, quota: &quota)
        state.succeeded(quota: &quota)
        #expect(quota.available == RetryQuota.capacity)
        self.state().succeeded(quota: &quota)
        #expect(quota.available == RetryQuota.capacity)
    }

    @Test("The total deadline cuts attempts and retries")
    func deadline() {
        var quota = RetryQuota()
        var state = state {
            $0.attemptTimeout = .seconds(10)
            $0.totalTimeout = .seconds(5)
        }
        #expect(state.timeoutOfAttempt(now: .zero) == .seconds(10))
        #expect(state.timeoutOfAttempt(now: .seconds(12)) == .seconds(3))
        #expect(state.timeoutOfAttempt(now: .seconds(99)) > .zero)
        #expect(fail(&state, .throttling, now: .milliseconds(14_600), quota: &quota) == .giveUp(.deadline))
        #expect(quota.available == RetryQuota.capacity)
        #expect(
            fail(&state, .throttling, now: .milliseconds(14_400), quota: &quota) == .retry(after: .milliseconds(500)))
    }

    @Test("A wrong clock is corrected once, outside attempts and quota")
    func clockSkew() {
        var quota = RetryQuota()
        var state = state { $0.maximumAttempts = 1 }
        #expect(fail(&state, .clockSkew, clockDiffers: true, quota: &quota) == .correctClock)
        #expect(fail(&state, .clockSkew, clockDiffers: true, quota: &quota) == .giveUp(.permanent))
        var other = self.state()
        #expect(fail(&other, .clockSkew, clockDiffers: false, quota: &quota) == .giveUp(.permanent))
        #expect(quota.available == RetryQuota.capacity)
    }

    @Test("Expired credentials are renewed once")
    func expired() {
        var quota = RetryQuota()
        var state = state()
        #expect(fail(&state, .expiredCredentials, quota: &quota) == .renewCredentials)
        #expect(fail(&state, .expiredCredentials, quota: &quota) == .giveUp(.permanent))
    }

    @Test("A permanent failure is not tried again")
    func permanent() {
        var quota = RetryQuota()
        var state = state()
        #expect(fail(&state, .permanent, quota: &quota) == .giveUp(.permanent))
    }
}
