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
