package import AWSRuntime
import Logging
import Synchronization

/// Answers AWS requests in the process with a 200 and remembers them.
package final class RecordingTransport: AWSTransport {
    private let requests = Mutex<[TransportRequest]>([])
    private let answer: @Sendable (TransportRequest) throws -> String

    /// - Parameter answer: makes the body of the response.
    package init(answer: @escaping @Sendable (TransportRequest) throws -> String) {
        self.answer = answer
    }

    package var received: [TransportRequest] { requests.withLock { $0 } }

    package func send(_ request: TransportRequest) async throws -> TransportResponse {
        requests.withLock { $0.append(request) }
        return TransportResponse(status: 200, body: Array(try answer(request).utf8))
    }

    /// A client that sends through this.
    package var client: AWSClient {
        AWSClient(
            environment: AWSEnvironment(["AWS_ENDPOINT_URL": "http://127.0.0.1:9"]), region: "eu-central-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")),
            transport: self, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}
