import NIOHTTP1

/// One failed attempt and what the retry decision needs to know about it.
struct AttemptFailure: Error, Sendable {
    /// What the caller sees if this was the last attempt.
    let error: AWSError
    let kind: FailureKind
    /// How long the server asks to wait.
    let serverAsks: Duration?
    /// The server's clock.
    let serverTime: UTCTime?
    /// The time in the attempt's signature.
    let signedAt: UTCTime

    /// An attempt that AWS answered with an error.
    init(_ response: TransportResponse, request: AWSRequest, signedAt: UTCTime) {
        let document = ServiceErrorDocument(response, format: request.errorFormat)
        var error = document.error(response, operation: request.operation)
        self.kind = FailureKind(error)
        error.isRetryable = kind.isRetryable
        self.error = error
        self.serverAsks = Self.serverAsks(response.headers)
        self.serverTime = response.headers.first(name: "date").flatMap(UTCTime.init(httpDate:))
        self.signedAt = signedAt
    }

    /// An attempt without an answer.
    init(_ error: AWSError, signedAt: UTCTime) {
        self.error = error
        self.kind = FailureKind(error)
        self.serverAsks = nil
        self.serverTime = nil
        self.signedAt = signedAt
    }

    /// `x-amz-retry-after` in milliseconds, else `Retry-After` in seconds; its form with a date is not used by AWS.
    private static func serverAsks(_ headers: HTTPHeaders) -> Duration? {
        if let text = headers.first(name: "x-amz-retry-after"), let milliseconds = UInt32(text) {
            return .milliseconds(Int64(milliseconds))
        }
        return headers.first(name: "retry-after").flatMap(UInt16.init).map { .seconds(Int64($0)) }
    }
}
