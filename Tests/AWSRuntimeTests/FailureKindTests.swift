import Testing

@testable import AWSRuntime

@Suite("Failure classification")
struct FailureKindTests {
    @Test(
        "By code and status",
        arguments: [
            ("ThrottlingException", 400, .throttling), ("SlowDown", 503, .throttling), (nil, 429, .throttling),
            ("RequestThrottled", 403, .throttling), ("InternalError", 500, .transient), (nil, 500, .transient),
            (nil, 502, .transient), (nil, 503, .transient), (nil, 504, .transient), (nil, 501, .permanent),
            ("RequestTimeout", 400, .transient),
            ("ExpiredToken", 400, .expiredCredentials), ("ExpiredTokenException", 403, .expiredCredentials),
            ("RequestTimeTooSkewed", 403, .clockSkew), ("SignatureDoesNotMatch", 403, .clockSkew),
            ("AccessDenied", 403, .permanent), ("QueueDoesNotExist", 400, .permanent), (nil, 301, .permanent),
            ("PreconditionFailed", 412, .permanent), ("InvalidClientTokenId", 403, .permanent),
        ] as [(String?, Int, FailureKind)]
    )
    func service(_ code: String?, _ status: Int, _ kind: FailureKind) {
        #expect(FailureKind(AWSError(.service, "", serviceCode: code, httpStatus: status)) == kind)
    }

    @Test("The older query code counts as well")
    func queryCode() {
        let error = AWSError(.service, "", serviceCode: "SomethingNew", queryCode: "RequestThrottled", httpStatus: 400)
        #expect(FailureKind(error) == .throttling)
    }

    @Test("Without an answer, the error itself says")
    func transport() {
        #expect(FailureKind(AWSError(.connection, "", isRetryable: true)) == .transient)
        #expect(FailureKind(AWSError(.timeout, "", isRetryable: true)) == .transient)
        #expect(FailureKind(AWSError(.responseTooLarge, "")) == .permanent)
    }
}
