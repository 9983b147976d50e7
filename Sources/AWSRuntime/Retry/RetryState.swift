/// Decides, for one call, what follows each attempt. Pure: time, chance and the shared quota are given.
struct RetryState: Sendable {
    /// What to do next.
    enum Action: Sendable, Equatable {
        /// Try again after a wait; sign anew.
        case retry(after: Duration)
        /// Try again at once with the corrected clock.
        case correctClock
        /// Try again at once with new credentials.
        case renewCredentials
        /// Give the error to the caller.
        case giveUp(Reason)
    }

    /// Why no further attempt is made.
    enum Reason: String, Sendable {
        case permanent, attempts, quota, deadline
    }

    private let policy: RetryPolicy
    private let attemptTimeout: Duration
    private let deadline: Duration
    /// The number of the attempt under way, from 1. Corrections do not count.
    private(set) var attempt = 1
    private var lastCost: Int?
    private var hasCorrectedClock = false
    private var hasRenewedCredentials = false

    /// Begins a call.
    ///
    /// - Parameters:
    ///   - attemptTimeout: The limit of one attempt; a long poll's is longer than the policy's.
    ///   - now: The uptime clock.
    init(policy: RetryPolicy, attemptTimeout: Duration?, now: Duration) {
        self.policy = policy
        self.attemptTimeout = attemptTimeout ?? policy.attemptTimeout
        self.deadline = now + self.attemptTimeout + policy.totalTimeout
    }

    /// The limit of the attempt that begins now: its own, or what is left of the call's.
    func timeoutOfAttempt(now: Duration) -> Duration {
        max(.milliseconds(1), min(attemptTimeout, deadline - now))
    }

    /// Notes a failed attempt.
    ///
    /// - Parameter clockDiffers: Whether the server's clock is far from the one that signed.
    mutating func failed(
        _ kind: FailureKind,
        clockDiffers: Bool,
        serverAsks: Duration?,
        now: Duration,
        random: Double,
        quota: inout RetryQuota
    ) -> Action {
        switch kind {
        case .clockSkew where clockDiffers && !hasCorrectedClock:
            hasCorrectedClock = true
            return .correctClock
        case .expiredCredentials where !hasRenewedCredentials:
            hasRenewedCredentials = true
            return .renewCredentials
        case .permanent, .clockSkew, .expiredCredentials:
            return .giveUp(.permanent)
        case .throttling, .transient:
            break
        }
        guard attempt < max(1, policy.maximumAttempts) else { return .giveUp(.attempts) }
        let delay = policy.delay(beforeRetry: attempt, after: kind, serverAsks: serverAsks, random: random)
        guard now + delay < deadline else { return .giveUp(.deadline) }
        let cost = RetryQuota.cost(of: kind)
        guard quota.take(cost) else { return .giveUp(.quota) }
        lastCost = cost
        attempt += 1
        return .retry(after: delay)
    }

    /// Notes the successful end of the call: the last retry's tokens go back, or one for a call without retries.
    func succeeded(quota: inout RetryQuota) {
        quota.giveBack(lastCost ?? RetryQuota.successRefund)
    }
}
