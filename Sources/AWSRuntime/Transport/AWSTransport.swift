package import NIOHTTP1

/// Sends one HTTP request and collects the response; no redirects, no retries, no cookies.
package protocol AWSTransport: Sendable {
    /// Sends a request.
    ///
    /// - Throws: `AWSError` with code `connection`, `timeout` or `responseTooLarge`; `CancellationError` promptly when
    ///   the task is cancelled.
    func send(_ request: TransportRequest) async throws -> TransportResponse
}

/// An HTTP request as it goes on the wire.
package struct TransportRequest: Sendable {
    package var method: HTTPMethod
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// The limit of the whole exchange, from connecting to the last byte of the body.
    package var timeout: Duration
    /// The largest body accepted with a 2xx status.
    package var maximumResponseBytes: Int

    /// The largest body accepted with any other status; AWS error documents are under 2 KiB.
    package static let maximumErrorBytes = 64 << 10

    /// Makes a request; the default limits suit a metadata service.
    package init(
        method: HTTPMethod,
        url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        timeout: Duration,
        maximumResponseBytes: Int = Self.maximumErrorBytes
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseBytes = maximumResponseBytes
    }
}

/// A complete HTTP response.
package struct TransportResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the status is 2xx.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The ids that AWS support asks for.
    package var requestID: String? {
        guard let id = headers.first(name: "x-amzn-requestid") ?? headers.first(name: "x-amz-request-id") else {
            return nil
        }
        return headers.first(name: "x-amz-id-2").map { "\(id) \($0)" } ?? id
    }
}
