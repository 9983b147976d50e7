/// Decides when cached credentials are used, refreshed or waited for. Pure: the time is given.
struct CredentialCacheState: Sendable {
    /// What a caller who needs credentials should do.
    enum Decision: Sendable, Equatable {
        /// Use these.
        case use(AWSCredentials)
        /// Use these, and start a refresh that nobody waits for.
        case useAndRefresh(AWSCredentials)
        /// Start a refresh and wait for it.
        case refreshAndWait
        /// Wait for the refresh under way.
        case wait
    }

    /// Seconds before expiry from which a refresh is tried: EC2 has new credentials at least 5 minutes ahead.
    static let advisoryWindow: Int64 = 300
    /// Seconds between two refreshes while the old credentials are still good.
    static let advisoryInterval: Int64 = 10

    private var current: AWSCredentials?
    private var isRefreshing = false
    private var nextAdvisory: UTCTime?

    /// Decides for one caller.
    mutating func request(now: UTCTime) -> Decision {
        guard let current, !isExpired(current, now: now) else {
            if isRefreshing { return .wait }
            isRefreshing = true
            return .refreshAndWait
        }
        guard isDue(current, now: now), !isRefreshing else { return .use(current) }
        isRefreshing = true
        return .useAndRefresh(current)
    }

    /// Notes the end of a refresh. A failure is not remembered: the next caller without good credentials tries again.
    mutating func refreshed(_ credentials: AWSCredentials?, now: UTCTime) {
        isRefreshing = false
        if let credentials { current = credentials }
        nextAdvisory = now.adding(seconds: Self.advisoryInterval)
    }

    /// Forgets credentials that AWS refused as expired, unless they have been replaced since.
    mutating func invalidate(_ refused: AWSCredentials) {
        if current == refused { current = nil }
    }

    private func isExpired(_ credentials: AWSCredentials, now: UTCTime) -> Bool {
        guard let expiration = credentials.expiration else { return false }
        return now >= expiration
    }

    private func isDue(_ credentials: AWSCredentials, now: UTCTime) -> Bool {
        guard let expiration = credentials.expiration else { return false }
        if let nextAdvisory, now < nextAdvisory { return false }
        return now.adding(seconds: Self.advisoryWindow) >= expiration
    }
}
