import AWSRuntime
import AWSSigning
import Logging
import Synchronization

/// Answers AWS requests in the process and remembers them.
final class FakeAWS: AWSTransport {
    private let requests = Mutex<[TransportRequest]>([])
    private let answer: @Sendable (TransportRequest) throws -> String

    /// - Parameter answer: makes the body of the 200 response.
    init(answer: @escaping @Sendable (TransportRequest) throws -> String) {
        self.answer = answer
    }

    var received: [TransportRequest] { requests.withLock { $0 } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        requests.withLock { $0.append(request) }
        return TransportResponse(status: 200, body: Array(try answer(request).utf8))
    }

    /// A client that talks to this fake.
    var client: AWSClient {
        AWSClient(
            environment: AWSEnvironment(["AWS_ENDPOINT_URL": "http://127.0.0.1:9"]), region: "eu-central-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")),
            transport: self, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}
