import ClickQueue
import HTTPTypes
import ShrinkrBase
import ShrinkrObservability

/// One limit at work: its name, its buckets, and how answers tell of it
/// (draft-ietf-httpapi-ratelimit-headers-10).
struct RatePolicy: Sendable {
    /// The name in fields, metrics and problem details.
    let name: String
    private let buckets: TokenBuckets?
    private let refused: Counter
    private let time: MonotonicTime
    /// Continues "Too many …".
    private let what: String

    /// - Parameter limit: nil lets everything through.
    init(
        _ name: String, what: String, limit: RateLimit?, registry: MetricsRegistry, time: MonotonicTime
    ) throws {
        self.name = name
        self.what = what
        self.time = time
        buckets = limit.map { TokenBuckets($0) }
        refused = try registry.counter(
            "shrinkr_rate_limited_total", help: "Requests that were answered with 429, by policy.",
            labels: ["policy": name])
    }

    /// Takes tokens, and returns the fields that tell what is left; none without a limit.
    ///
    /// - Throws: ``Problem`` (429) where there are not enough.
    @discardableResult
    func take(_ client: @autoclosure () -> TokenBuckets.Client, cost: Int = 1) throws(Problem) -> HTTPFields {
        guard let buckets else { return [:] }
        let verdict = buckets.take(client(), cost: cost, at: now)
        let fields = fields(verdict, limit: buckets.limit)
        guard verdict.isAllowed else {
            refused.increment()
            throw .rateLimited(what, policy: name, seconds: Self.seconds(verdict.wait), fields: fields)
        }
        return fields
    }

    /// Gives tokens back that turned out not to be owed.
    func giveBack(_ client: @autoclosure () -> TokenBuckets.Client, count: Int = 1) {
        buckets?.giveBack(client(), count: count, at: now)
    }

    private var now: Int64 {
        let (seconds, attoseconds) = time.now().components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    private func fields(_ verdict: TokenBuckets.Verdict, limit: RateLimit) -> HTTPFields {
        var fields = HTTPFields()
        fields[.rateLimitPolicy] = "\"\(name)\";q=\(limit.count);w=\(limit.seconds)"
        fields[.rateLimit] = "\"\(name)\";r=\(verdict.remaining);t=\(Self.seconds(verdict.wait))"
        return fields
    }

    /// Whole seconds, rounded up: a client that comes back then is not refused again.
    private static func seconds(_ nanoseconds: Int64) -> Int {
        Int((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}

/// All limits of the API.
struct RateLimiter: Sendable {
    let wrongKeys: RatePolicy
    let unknownCodes: RatePolicy
    let creates: RatePolicy

    init(_ limits: RateLimits, registry: MetricsRegistry, time: MonotonicTime) throws {
        wrongKeys = try RatePolicy(
            "wrong-keys", what: "API keys that open nothing came", limit: limits.wrongKeys, registry: registry,
            time: time)
        unknownCodes = try RatePolicy(
            "unknown-codes", what: "codes that no link has were asked for", limit: limits.unknownCodes,
            registry: registry, time: time)
        creates = try RatePolicy(
            "creates", what: "links were made", limit: limits.creates, registry: registry, time: time)
    }
}
