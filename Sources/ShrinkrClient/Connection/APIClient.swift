package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import ShrinkrBase

/// Asks a server's API. Every answer that is no success is a ``ClientError``.
package struct APIClient: Sendable {
    /// The limit of one exchange, from connecting to the last byte: more than a server works on anything by default.
    private static let timeout: Duration = .seconds(60)
    /// The largest answer that is read: a batch of 1,000 links with the longest destinations.
    private static let maximumAnswer = 32 << 20
    /// The longest `Retry-After` that is waited for.
    static let longestWait = 60

    let server: ServerAddress
    private let key: String?
    private let http: HTTPClient
    /// Tells the person in front of it why nothing happens.
    private let notice: @Sendable (String) -> Void

    package init(_ chosen: ChosenServer, http: HTTPClient, notice: @escaping @Sendable (String) -> Void) {
        server = chosen.address
        key = chosen.key
        self.http = http
        self.notice = notice
    }

    /// How the HTTP client is set up: a redirect is an answer, since it must not take the key elsewhere.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return configuration
    }

    /// Sends a request, and sends it once more where the server asks to wait for a minute at most (429, 503).
    package func send(_ request: APIRequest) async throws -> APIAnswer {
        var answer = try await exchange(request)
        if [429, 503].contains(answer.status), let wait = answer.retryAfter, wait <= Self.longestWait {
            notice("\(server) asks to try again in \(wait) s; waiting")
            try await Task.sleep(for: .seconds(wait))
            answer = try await exchange(request)
        }
        guard (200..<300).contains(answer.status) else {
            throw ClientError(answer, from: server, hasKey: key != nil)
        }
        return answer
    }

    private func exchange(_ request: APIRequest) async throws -> APIAnswer {
        do {
            return try await withThrowingTaskGroup(of: APIAnswer.self) { group in
                group.addTask { try await receive(request) }
                group.addTask {
                    try await Task.sleep(for: Self.timeout)
                    throw HTTPClientError.deadlineExceeded
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch {
            try Task.checkCancellation()
            throw error as? ClientError ?? ClientError(.failure, sentence(error))
        }
    }

    private func receive(_ request: APIRequest) async throws -> APIAnswer {
        var outgoing = HTTPClientRequest(url: server.description + request.target)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers = HTTPHeaders(request.fields.map { ("\($0.name)", $0.value) })
        outgoing.headers.add(name: "Accept", value: "application/json, application/problem+json")
        if let key { outgoing.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body = request.body {
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(ByteBuffer(bytes: body.bytes))
        } else if request.method == .post {
            outgoing.body = .bytes(ByteBuffer())
        }
        let response = try await http.execute(outgoing, deadline: .distantFuture)
        let body = try await response.body.collect(upTo: Self.maximumAnswer)
        return APIAnswer(
            status: Int(response.status.code), entityTag: response.headers.first(name: "ETag"),
            retryAfter: response.headers.first(name: "Retry-After").flatMap { UntrustedText($0).digits },
            document: try document(Array(body.readableBytesView), status: Int(response.status.code)))
    }

    /// What a body says. One that is no JSON, of a proxy for instance, says nothing where the status says enough.
    private func document(_ bytes: [UInt8], status: Int) throws -> JSONValue {
        if bytes.isEmpty { return .null }
        if let document = try? JSONParser.parse(bytes) { return document }
        guard !(200..<300).contains(status) else {
            throw ClientError(.failure, "\(server) does not answer with JSON; is Shrinkr there?")
        }
        return .null
    }

    private func sentence(_ error: any Error) -> String {
        switch error {
        case is NIOTooManyBytesError: return "\(server) answers with more than \(Self.maximumAnswer >> 20) MiB"
        case let error as HTTPClientError where [.deadlineExceeded, .readTimeout].contains(error):
            return "\(server) did not answer within \(Self.timeout.components.seconds) s"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return "\(server) closed the connection without an answer"
        default:
            let hint = server.isLoopback ? "start one with 'shrinkr', or name yours with --server" : "\(error)"
            return "No server answers at \(server); \(hint)"
        }
    }
}

/// A request to the API.
package struct APIRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    let method: Method
    /// Path and query, encoded.
    private(set) var target: String
    private(set) var fields: [(name: StaticString, value: String)] = []
    let body: JSONValue?

    /// - Parameters:
    ///   - path: The parts of the path below `/api/v1`, not encoded.
    ///   - query: Parameters, of which those without a value are left out.
    package init(
        _ method: Method, _ path: String..., query: [(name: StaticString, value: String?)] = [], body: JSONValue? = nil
    ) {
        self.method = method
        self.body = body
        target = "/api/v1" + path.map { "/" + Self.encoded($0) }.joined()
        let parameters = query.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }
        if !parameters.isEmpty { target += "?" + parameters.joined(separator: "&") }
        // A request that is sent once more makes nothing twice.
        if method == .post {
            fields.append(("Idempotency-Key", String(UInt128.random(in: 0...UInt128.max), radix: 36)))
        }
    }

    /// The same request, which changes only what has this entity tag.
    package func ifMatch(_ entityTag: String?) -> APIRequest {
        guard let entityTag else { return self }
        var request = self
        request.fields.append(("If-Match", entityTag))
        return request
    }

    /// All but what RFC 3986, section 2.3 calls unreserved as `%` and two digits.
    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte.isASCIIAlphanumeric || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) {
                bytes.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                bytes.append(contentsOf: ("%" + (byte < 0x10 ? "0" : "") + digits).utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a server answered.
package struct APIAnswer: Sendable {
    package let status: Int
    package let entityTag: String?
    /// Seconds after which the server asks to try again; nil where it names none.
    package let retryAfter: Int?
    /// The body; null where there is none.
    package let document: JSONValue

    package init(status: Int, entityTag: String? = nil, retryAfter: Int? = nil, document: JSONValue = .null) {
        self.status = status
        self.entityTag = entityTag
        self.retryAfter = retryAfter
        self.document = document
    }
}
