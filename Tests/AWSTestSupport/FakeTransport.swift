package import AWSRuntime
import Synchronization

/// A transport without a network: it keeps what was sent and answers as a test says.
package final class FakeTransport: AWSTransport {
    private let handler: @Sendable (TransportRequest) async throws -> TransportResponse
    private let sent = Mutex<[TransportRequest]>([])

    package init(_ handler: @escaping @Sendable (TransportRequest) async throws -> TransportResponse) {
        self.handler = handler
    }

    package var requests: [TransportRequest] {
        sent.withLock { $0 }
    }

    package func send(_ request: TransportRequest) async throws -> TransportResponse {
        sent.withLock { $0.append(request) }
        return try await handler(request)
    }
}

extension TransportResponse {
    /// A response with a text body.
    package static func text(_ text: String, status: Int = 200) -> TransportResponse {
        TransportResponse(status: status, body: Array(text.utf8))
    }
}
