import AWSTestSupport
import AsyncHTTPClient
import NIOHTTP1
import ShrinkrBase
import ShrinkrClient
import Synchronization
import Testing

@Suite("Requests of the client", .timeLimit(.minutes(5))) struct APIClientTests {
    typealias Reply = FakeAWS.Reply

    /// Sends one request to a server that gives one answer after the other, the last one again and again.
    private func send(
        _ replies: Reply..., request: APIRequest = APIRequest(.get, "links"), key: String? = "secret-key"
    ) async throws -> (answer: Result<APIAnswer, any Error>, server: FakeAWS, notices: [String]) {
        let left = Mutex(replies)
        let notices = Mutex<[String]>([])
        return try await FakeAWS.run({ _ in
            left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }) { server, url in
            let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: APIClient.configuration)
            let address = try #require(ServerAddress(url))
            let client = APIClient(ChosenServer(address: address, key: key), http: http) { notice in
                notices.withLock { $0.append(notice) }
            }
            let answer: Result<APIAnswer, any Error>
            do { answer = .success(try await client.send(request)) } catch { answer = .failure(error) }
            try await http.shutdown()
            return (answer, server, notices.withLock { $0 })
        }
    }

    private func error(_ reply: Reply, key: String? = "secret-key") async throws -> ClientError? {
        guard case .failure(let error) = try await send(reply, key: key).answer else { return nil }
        return error as? ClientError
    }

    @Test("carry key, encoded path and query, and the body")
    func request() async throws {
        let request = APIRequest(
            .patch, "tags", "a/b ü?", query: [("q", "a&b=c+d"), ("cursor", nil)], body: ["name": "ä"])
        let (answer, server, _) = try await send(
            .json("{}", headers: ["etag": "\"4\""]), request: request.ifMatch("\"3\""))
        let sent = try #require(server.requests.first)
        #expect(sent.uri == "/api/v1/tags/a%2Fb%20%C3%BC%3F?q=a%26b%3Dc%2Bd")
        #expect(sent.method == .PATCH && sent.text == #"{"name":"ä"}"#)
        #expect(sent.headers.first(name: "authorization") == "Bearer secret-key")
        #expect(sent.headers.first(name: "if-match") == "\"3\"")
        #expect(sent.headers.first(name: "content-type") == "application/json")
        #expect(try answer.get().entityTag == "\"4\"")
    }

    @Test("wait once where the server asks for it, and make nothing twice", arguments: [429, 503])
    func retry(_ status: Int) async throws {
        let busy = Reply.json("{}", status: status, headers: ["retry-after": "0"])
        let post = APIRequest(.post, "links", body: ["url": "https://example.com/"])
        let (answer, server, notices) = try await send(
            busy, .json(#"{"code":"a"}"#, status: 201), request: post)
        #expect(try answer.get().document["code"].text == "a")
        #expect(notices.count == 1)
        let keys = server.requests.map { $0.headers.first(name: "idempotency-key") }
        #expect(keys.count == 2 && keys[0] == keys[1] && keys[0]?.isEmpty == false)
        let (refused, again, _) = try await send(busy, busy, .json("{}"), request: post)
        #expect(throws: ClientError.self) { try refused.get() }
        #expect(again.requests.count == 2)
    }

    @Test("do not wait for long, nor where the server names no time")
    func noRetry() async throws {
        let (_, slow, _) = try await send(.json("{}", status: 429, headers: ["retry-after": "61"]), .json("{}"))
        #expect(slow.requests.count == 1)
        let (_, silent, _) = try await send(.json("{}", status: 429), .json("{}"))
        #expect(silent.requests.count == 1)
        let error = try await error(.json("{}", status: 429, headers: ["retry-after": "3600"]))
        #expect(error?.description.hasSuffix("has had too many requests; try again in 3600 s") == true)
    }

    @Test(
        "end with a code of their own",
        arguments: [
            (301, ClientError.Kind.failure), (400, .refused), (401, .notAllowed), (403, .notAllowed), (404, .notFound),
            (409, .refused), (410, .notFound), (412, .refused), (418, .failure), (421, .notAllowed), (422, .refused),
            (500, .failure), (502, .failure),
        ])
    func kinds(_ status: Int, _ kind: ClientError.Kind) async throws {
        let error = try await error(.json(#"{"detail":"Reason.\u001b[31m\u009b"}"#, status: status))
        #expect(error?.kind == kind)
        let text = try #require(error?.description)
        #expect(!text.isEmpty && !text.hasSuffix(".") && !text.contains("secret-key"))
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test("say what a missing key is, and what a wrong one")
    func keys() async throws {
        #expect(try await error(.json("{}", status: 401), key: nil)?.description.contains("SHRINKR_CLIENT_KEY") == true)
        #expect(try await error(.json("{}", status: 401))?.description.contains("revoked") == true)
    }

    @Test("follow no redirect, which would take the key elsewhere")
    func redirect() async throws {
        let (answer, server, _) = try await send(
            .respond(302, headers: ["location": "/elsewhere"]), .json("{}"))
        #expect(server.requests.count == 1)
        #expect(throws: ClientError.self) { try answer.get() }
    }

    @Test("say so where no Shrinkr is")
    func strangers() async throws {
        let page = try await error(.respond(200, body: Array("<html>".utf8)))
        #expect(page?.kind == .failure && page?.description.contains("does not answer with JSON") == true)
        let gateway = try await error(.respond(502, body: Array("<html>".utf8)))
        #expect(gateway?.description.contains("status 502") == true)
        #expect(try await error(.closeConnection)?.kind == .failure)
    }

    @Test("say so where nobody answers")
    func nobody() async throws {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: APIClient.configuration)
        // Nobody listens on the port of a server that has ended.
        let url = try await FakeAWS.run({ _ in .neverAnswer }) { _, url in url }
        let address = try #require(ServerAddress(url))
        let client = APIClient(ChosenServer(address: address, key: nil), http: http) { _ in }
        await #expect {
            _ = try await client.send(APIRequest(.get, "links"))
        } throws: {
            "\($0)" == "No server answers at \(url); start one with 'shrinkr', or name yours with --server"
        }
        try await http.shutdown()
    }
}
