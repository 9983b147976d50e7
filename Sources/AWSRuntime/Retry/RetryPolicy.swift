/// The numbers of standard retry mode, as AWS revised it in 2026 (botocore 1.43, `retries/standard.py`).
package struct RetryPolicy: Sendable, Equatable {
    /// Attempts per call, the first included; at least 1.
    package var maximumAttempts = 3
    /// Longest wait of the first retry after a failure; doubles with each retry.
    package var baseDelay: Duration = .milliseconds(50)
    /// The same after throttling.
    package var throttlingBaseDelay: Duration = .seconds(1)
    /// No computed wait is longer.
    package var maximumDelay: Duration = .seconds(20)
    /// How much longer than the computed wait a server may ask for.
    package var maximumServerExtra: Duration = .seconds(5)
    /// The longest one attempt may take, unless the request says otherwise.
    package var attemptTimeout: Duration = .seconds(10)
    /// The longest all attempts and waits of one call may take, beyond one attempt's timeout.
    package var totalTimeout: Duration = .seconds(30)

    package init() {}

    /// Full jitter: a random part of an exponentially growing limit, and what the server asks for within bounds.
    ///
    /// - Parameters:
    ///   - retry: 1 for the first retry.
    ///   - random: A number in 0..<1.
    func delay(beforeRetry retry: Int, after kind: FailureKind, serverAsks: Duration?, random: Double) -> Duration {
        let base = kind == .throttling ? throttlingBaseDelay : baseDelay
        let limit = min(base * (1 << min(retry - 1, 20)), maximumDelay)
        let computed = limit * random
        guard let serverAsks else { return computed }
        return max(computed, min(serverAsks, computed + maximumServerExtra))
    }
}

/// A bucket of tokens that retries of all calls share, so that a failing service gets few retries instead of a storm.
///
/// Costs as in the 2026 rules of standard retry mode; half a thousand tokens allow 35 retries before the first success.
struct RetryQuota: Sendable, Equatable {
    static let capacity = 500
    static let retryCost = 14
    static let throttlingRetryCost = 5
    /// What a call that succeeds at once gives back.
    static let successRefund = 1

    private(set) var available = Self.capacity

    static func cost(of kind: FailureKind) -> Int {
        kind == .throttling ? throttlingRetryCost : retryCost
    }

    /// Takes tokens if there are enough.
    mutating func take(_ cost: Int) -> Bool {
        guard available >= cost else { return false }
        available -= cost
        return true
    }

    /// Gives tokens back, up to the capacity.
    mutating func giveBack(_ amount: Int) {
        available = min(Self.capacity, available + amount)
    }
}
