/// What a failed attempt means for the next one.
enum FailureKind: Sendable, Equatable {
    /// The service asks for less: wait longer.
    case throttling
    /// The service or the network failed for a moment.
    case transient
    /// Our clock may be wrong: signing again with the server's time may help.
    case clockSkew
    /// The credentials have run out: fetching new ones may help.
    case expiredCredentials
    /// The same request will fail again.
    case permanent

    /// Classifies an error by its codes first and its status last, as standard retry mode does
    /// (AWS SDKs and Tools reference, "Retry behavior"; lists as in botocore's `retries/standard.py`).
    init(_ error: AWSError) {
        let codes = [error.serviceCode, error.queryCode].compactMap(\.self)
        func isAny(_ list: Set<String>) -> Bool { codes.contains { list.contains($0) } }
        if error.code != .service {
            self = error.isRetryable ? .transient : .permanent
        } else if isAny(Self.throttlingCodes) || error.httpStatus == 429 {
            self = .throttling
        } else if isAny(Self.expiredCodes) {
            self = .expiredCredentials
        } else if isAny(Self.clockSkewCodes) {
            self = .clockSkew
        } else if isAny(Self.transientCodes) || Self.transientStatus.contains(error.httpStatus ?? 0) {
            self = .transient
        } else {
            self = .permanent
        }
    }

    /// Whether the caller may try the same later.
    var isRetryable: Bool {
        self == .throttling || self == .transient
    }

    private static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
        "TooManyRequestsException", "TransactionInProgressException", "KmsThrottled", "KMS.ThrottlingException",
    ]

    private static let transientCodes: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "IDPCommunicationError",
    ]

    private static let transientStatus: Set<Int> = [500, 502, 503, 504]

    private static let expiredCodes: Set<String> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]

    /// The last four have other causes too, so they count as skew only if the server's clock really differs.
    private static let clockSkewCodes: Set<String> = [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture",
        "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "InvalidSignature",
    ]
}
