import AWSRuntime
import Logging
import NIOHTTP1
import Synchronization

/// Answers AWS's calls by the name of the operation, as AWS writes its answers.
final class ScriptedAWS: AWSTransport {
    /// What an operation is answered with.
    enum Answer: Sendable {
        case json(String)
        /// The content of the result element.
        case xml(String)
        case refusal(Int, code: String)
    }

    private let answers: Mutex<[String: Answer]>
    private let received = Mutex<[String]>([])

    init(_ answers: [String: Answer]) {
        self.answers = Mutex(answers)
    }

    /// The operations asked for, in order.
    var operations: [String] { received.withLock { $0 } }

    func set(_ operation: String, _ answer: Answer) {
        answers.withLock { $0[operation] = answer }
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let operation = Self.operation(of: request)
        received.withLock { $0.append(operation) }
        let isQuery = request.headers.first(name: "x-amz-target") == nil
        switch answers.withLock({ $0[operation] }) {
        case .json(let body):
            return TransportResponse(status: 200, body: Array(body.utf8))
        case .xml(let result):
            let body = "<\(operation)Response><\(operation)Result>\(result)</\(operation)Result></\(operation)Response>"
            return TransportResponse(status: 200, body: Array(body.utf8))
        case .refusal(let status, let code):
            let body =
                isQuery
                ? "<ErrorResponse><Error><Code>\(code)</Code><Message>no</Message></Error></ErrorResponse>"
                : #"{"__type":"x#\#(code)","message":"no"}"#
            return TransportResponse(status: status, body: Array(body.utf8))
        case nil:
            throw AWSError(.connection, "Nobody answers \(operation)")
        }
    }

    /// A client that talks to this.
    var client: AWSClient {
        AWSClient(
            environment: AWSEnvironment(["AWS_ENDPOINT_URL": "http://127.0.0.1:9"]), region: "eu-central-1",
            credentials: EnvironmentCredentials(
                environment: AWSEnvironment(["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"])),
            transport: self, seams: AWSSeams(sleep: { _ in }),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func operation(of request: TransportRequest) -> String {
        if let target = request.headers.first(name: "x-amz-target") {
            return target.split(separator: ".").last.map(String.init) ?? ""
        }
        let fields = String(decoding: request.body, as: UTF8.self).split(separator: "&")
        return fields.first { $0.hasPrefix("Action=") }.map { String($0.dropFirst(7)) } ?? ""
    }
}
