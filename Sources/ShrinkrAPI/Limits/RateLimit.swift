/// How many events are let through in how long: 60 a minute, say.
package struct RateLimit: Hashable, Sendable {
    /// Most events of one client at once, and in one ``window``.
    package let count: Int
    /// The time in which that many more are let through; whole seconds, as the answers' fields count them.
    package let seconds: Int

    /// Nil unless both are at least 1, no window is longer than a day, and no event is more often than each nanosecond.
    package init?(count: Int, seconds: Int) {
        guard (1...1_000_000_000).contains(count), (1...86_400).contains(seconds) else { return nil }
        self.count = count
        self.seconds = seconds
    }

    private init(_ count: Int, aMinute: Void) {
        self.count = count
        seconds = 60
    }

    /// `count` events a minute; for the defaults below.
    fileprivate static func perMinute(_ count: Int) -> RateLimit { RateLimit(count, aMinute: ()) }
}

/// The limits of the API; nil switches one off.
package struct RateLimits: Hashable, Sendable {
    /// Keys that open nothing, by the client's address.
    package var wrongKeys: RateLimit? = .perMinute(60)
    /// Codes that no link has, by the client's address. What leads somewhere neither counts nor waits.
    package var unknownCodes: RateLimit? = .perMinute(600)
    /// Links that are made, by key; a batch counts its items.
    package var creates: RateLimit? = .perMinute(6_000)

    package init() {}
}
