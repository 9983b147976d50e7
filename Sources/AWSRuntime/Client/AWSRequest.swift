package import NIOHTTP1

/// One call to a service, before credentials, signature and attempts.
package struct AWSRequest: Sendable {
    package var service: AWSService
    /// The operation's name, for logs and errors.
    package var operation: String
    /// The endpoint the call goes to; `AWSClient.endpoint(for:)` gives the service's.
    package var endpoint: ServiceEndpoint
    package var method: HTTPMethod
    /// The path, percent-encoded once.
    package var encodedPath: String
    package var query: [QueryItem]
    package var headers: [SigningHeader]
    package var body: [UInt8]
    package var errorFormat: ServiceErrorFormat
    /// The longest one attempt may take from connecting to the last byte; `nil`: the client's configuration.
    package var attemptTimeout: Duration?
    /// The largest response body accepted.
    package var maximumResponseBytes: Int

    package init(
        service: AWSService,
        operation: String,
        endpoint: ServiceEndpoint,
        method: HTTPMethod,
        encodedPath: String = "/",
        query: [QueryItem] = [],
        headers: [SigningHeader] = [],
        body: [UInt8] = [],
        errorFormat: ServiceErrorFormat,
        attemptTimeout: Duration? = nil,
        maximumResponseBytes: Int
    ) {
        self.service = service
        self.operation = operation
        self.endpoint = endpoint
        self.method = method
        self.encodedPath = encodedPath
        self.query = query
        self.headers = headers
        self.body = body
        self.errorFormat = errorFormat
        self.attemptTimeout = attemptTimeout
        self.maximumResponseBytes = maximumResponseBytes
    }
}
