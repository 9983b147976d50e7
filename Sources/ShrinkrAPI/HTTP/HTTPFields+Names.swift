import HTTPTypes

extension HTTPField.Name {
    static let xRequestID = name("X-Request-Id")
    static let xAPIKey = name("X-Api-Key")
    static let xForwardedFor = name("X-Forwarded-For")
    static let forwarded = name("Forwarded")
    static let xRealIP = name("X-Real-IP")
    static let xRobotsTag = name("X-Robots-Tag")
    static let referrerPolicy = name("Referrer-Policy")
    static let idempotencyKey = name("Idempotency-Key")
    static let idempotencyReplayed = name("Idempotency-Replayed")
    static let acceptPatch = name("Accept-Patch")
    static let contentSecurityPolicyField = name("Content-Security-Policy")
    static let secPurpose = name("Sec-Purpose")
    static let purpose = name("Purpose")
    static let xPurpose = name("X-Purpose")
    static let xSecPurpose = name("X-Sec-Purpose")
    static let xMoz = name("X-Moz")
    static let moz = name("Moz")
    static let nextRouterPrefetch = name("Next-Router-Prefetch")
    static let nextRouterSegmentPrefetch = name("Next-Router-Segment-Prefetch")
    static let xMiddlewarePrefetch = name("X-Middleware-Prefetch")
    static let secSpeculationTags = name("Sec-Speculation-Tags")
    static let secCHUA = name("Sec-CH-UA")
    static let secCHUAPlatform = name("Sec-CH-UA-Platform")
    static let xForwardedProto = name("X-Forwarded-Proto")
    static let secFetchMode = name("Sec-Fetch-Mode")
    static let secFetchDest = name("Sec-Fetch-Dest")
    static let secFetchSite = name("Sec-Fetch-Site")
    static let crossOriginOpenerPolicy = name("Cross-Origin-Opener-Policy")
    static let crossOriginResourcePolicy = name("Cross-Origin-Resource-Policy")
    static let rateLimit = name("RateLimit")
    static let rateLimitPolicy = name("RateLimit-Policy")

    /// A name from a literal of this file, all of which are tokens (RFC 9110, section 5.6.2).
    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is not a field name") }
        return name
    }
}
