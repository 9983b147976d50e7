package import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The real transport: one AsyncHTTPClient for the whole process.
package struct HTTPClientTransport: AWSTransport {
    private let client: HTTPClient

    /// Uses a client that the caller shuts down; `configuration(connections:)` says how it should be set up.
    package init(_ client: HTTPClient) {
        self.client = client
    }

    /// How a client for AWS is set up.
    ///
    /// Redirects are answers, not instructions. Connecting is retried by our retry policy, not inside. There is no read
    /// timeout, because a long poll is silent for 20 s and every exchange has a deadline of its own.
    ///
    /// - Parameter connections: The connections kept to one host; at least the number of pollers plus senders.
    package static func configuration(connections: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool = .init(idleTimeout: .seconds(15))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connections)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        return configuration
    }

    package func send(_ request: TransportRequest) async throws -> TransportResponse {
        do {
            return try await withThrowingTaskGroup(of: TransportResponse.self) { group in
                group.addTask { try await exchange(request) }
                // AsyncHTTPClient's own deadline ends with the response's head; this one covers the body too.
                group.addTask {
                    try await Task.sleep(for: request.timeout)
                    throw AWSError(.timeout, "AWS did not answer within \(request.timeout)", isRetryable: true)
                }
                defer { group.cancelAll() }
                guard let response = try await group.next() else { throw CancellationError() }
                return response
            }
        } catch {
            // Whatever the layers below throw for it, a cancelled task sees cancellation.
            try Task.checkCancellation()
            throw Self.translated(error, request: request)
        }
    }

    private func exchange(_ request: TransportRequest) async throws -> TransportResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = request.method
        outgoing.headers = request.headers
        if !request.body.isEmpty || request.method == .POST || request.method == .PUT {
            outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        }
        let response = try await client.execute(outgoing, deadline: .distantFuture)
        let isSuccess = (200..<300).contains(response.status.code)
        let limit = isSuccess ? request.maximumResponseBytes : TransportRequest.maximumErrorBytes
        let body = try await response.body.collect(upTo: limit)
        try Task.checkCancellation()
        return TransportResponse(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(body.readableBytesView)
        )
    }

    private static func translated(_ error: any Error, request: TransportRequest) -> AWSError {
        switch error {
        case let error as AWSError:
            error
        case is NIOTooManyBytesError:
            AWSError(.responseTooLarge, "The response is larger than \(request.maximumResponseBytes) bytes")
        case let error as HTTPClientError where [.connectTimeout, .readTimeout, .deadlineExceeded].contains(error):
            AWSError(.timeout, "The connection timed out: \(error)", isRetryable: true)
        case let error as HTTPClientError where error == .invalidURL || error == .emptyHost:
            AWSError(.configuration, "The endpoint's URL is malformed")
        case let error as HTTPClientError where error == .alreadyShutdown:
            AWSError(.connection, "The AWS client has been shut down")
        default:
            AWSError(.connection, "The connection failed: \(error)", isRetryable: true)
        }
    }
}
