#if PostgreSQL
/// Whether work that failed is done again.
package struct RetryRule: Sendable {
    package var maximumAttempts = 5
    /// No attempt begins later after the first one.
    package var timeLimit: Duration = .seconds(5)
    /// The longest wait before the second attempt; doubles with each one.
    package var baseDelay: Duration = .milliseconds(10)

    /// The wait before the next attempt; nil where there shall be none.
    ///
    /// - Parameters:
    ///   - attempts: how many there were.
    ///   - random: a number in 0..<1.
    func delay(
        after error: PostgreSQLError, attempts: Int, elapsed: Duration, random: Double = .random(in: 0..<1)
    ) -> Duration? {
        guard attempts < maximumAttempts, elapsed < timeLimit else { return nil }
        switch error.kind {
        // The other transaction must end first; two that meet again by chance do not a third time.
        case .retryable: return baseDelay * (1 << (attempts - 1)) * random
        case .unavailable, .readOnly: return error.endsConnection ? .zero : nil
        default: return nil
        }
    }

    /// What is told where there was no success: a lock that others keep is a state of the server.
    static func final(_ error: any Error) -> any Error {
        guard let error = error as? PostgreSQLError, error.sqlState == "55P03" else { return error }
        return error.with(.unavailable)
    }
}

/// Waits that double after each failure, half of each by chance, so that many clients do not come back at once.
struct Backoff {
    let base: Duration
    let maximum: Duration
    private var failures = 0

    init(base: Duration, maximum: Duration) {
        self.base = base
        self.maximum = maximum
    }

    mutating func reset() { failures = 0 }

    /// The wait before the next attempt.
    ///
    /// - Parameter random: a number in 0..<1.
    mutating func next(random: Double = .random(in: 0..<1)) -> Duration {
        let limit = min(base * (1 << min(failures, 20)), maximum)
        failures += 1
        return limit * (0.5 + random / 2)
    }
}
#endif
