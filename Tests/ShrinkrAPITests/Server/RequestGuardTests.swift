import ShrinkrBase
import Testing

@testable import ShrinkrAPI

/// Requests that no HTTP server can read, over raw sockets.
@Suite struct RequestGuardTests {
    private func withConnection(
        _ configure: (inout APIConfiguration) -> Void = { _ in },
        _ test: (Connection, TestAPI) async throws -> Void
    ) async throws {
        try await withAPI(configure: configure) { api in
            let connection = try await Connection.open(api.port)
            try await test(connection, api)
            await connection.close()
        }
    }

    private func expectLastAnswer(
        _ connection: Connection, _ status: Int, _ slug: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await connection.answer()
        expectProblem(answer, status, slug, sourceLocation: sourceLocation)
        #expect(answer["connection"] == "close", sourceLocation: sourceLocation)
        #expect(try await connection.rest() == "", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET\r\n\r\n", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}",
    ])
    func brokenRequestIsMalformed(_ text: String) async throws {
        try await withConnection { connection, _ in
            try await connection.send(text)
            try await expectLastAnswer(connection, 400, "malformed-request")
        }
    }

    @Test(arguments: ["HTTP/9.9", "HTTP/2.0", "HTTP/0.9"])
    func otherVersionIsNotSupported(_ version: String) async throws {
        try await withConnection { connection, _ in
            try await connection.send("GET / \(version)\r\nHost: x\r\n\r\n")
            try await expectLastAnswer(connection, 505, "http-version-not-supported")
        }
    }

    @Test func brokenBodyIsMalformed() async throws {
        try await withConnection { connection, api in
            let fields: Fields = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            try await connection.send("xyz\r\nnonsense\r\n")
            try await expectLastAnswer(connection, 400, "malformed-request")
        }
    }

    /// A request that has its answer must not get another one because its body breaks afterwards.
    @Test func bodyThatBreaksAfterTheAnswerGetsNoSecondOne() async throws {
        try await withConnection { connection, api in
            let fields: Fields = ["Content-Type": "text/plain", "Transfer-Encoding": "chunked"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            expectProblem(try await connection.answer(), 415, "unsupported-media-type")
            try await connection.send("xyz\r\nnonsense\r\n")
            #expect(try await connection.rest() == "")
        }
    }

    @Test func headerOfAllItsFieldsCanBeTooLarge() async throws {
        try await withConnection { connection, api in
            let value = String(repeating: "v", count: 4_000)
            let fields: Fields = ["A": value, "B": value, "C": value, "D": value, "E": value]
            try await connection.send(api.requestText("GET", "/health", fields: fields))
            try await expectLastAnswer(connection, 431, "headers-too-large")
        }
    }

    @Test func oneFieldCanBeTooLarge() async throws {
        try await withConnection { connection, api in
            let fields: Fields = ["Cookie": String(repeating: "c", count: 17_000)]
            try await connection.send(api.requestText("GET", "/health", fields: fields))
            try await expectLastAnswer(connection, 431, "headers-too-large")
        }
    }

    @Test func headerCanHaveTooManyFields() async throws {
        try await withConnection { connection, _ in
            let fields = (0..<101).map { "X-\($0): v\r\n" }.joined()
            try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
            try await expectLastAnswer(connection, 431, "headers-too-large")
        }
    }

    @Test func requestLineCanBeTooLong() async throws {
        try await withConnection { connection, api in
            try await connection.send(api.requestText("GET", "/" + String(repeating: "p", count: 17_000)))
            try await expectLastAnswer(connection, 431, "headers-too-large")
        }
    }

    @Test func largeHeaderWithinTheLimitIsRead() async throws {
        try await withConnection { connection, api in
            let fields: Fields = ["Cookie": String(repeating: "c", count: 12_000)]
            try await connection.send(api.requestText("GET", "/health", fields: fields))
            #expect(try await connection.answer().status == 200)
        }
    }

    @Test(arguments: ["", "{\"url\":"])
    func bodyThatNeverComesTimesOut(_ beginning: String) async throws {
        try await withConnection({ $0.limits.bodyTimeout = .milliseconds(200) }) { connection, api in
            let fields: Fields = ["Content-Type": "application/json", "Content-Length": "50"]
            let start = ContinuousClock.now
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields) + beginning)
            try await expectLastAnswer(connection, 408, "request-timeout")
            #expect(ContinuousClock.now - start >= .milliseconds(200))
        }
    }

    @Test func requestThatBrokeOffKeepsItsName() async throws {
        try await withConnection({ $0.limits.bodyTimeout = .milliseconds(200) }) { connection, api in
            let fields: Fields = [
                "Content-Type": "application/json", "Content-Length": "50", "X-Request-Id": "mine",
            ]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            let answer = try await connection.answer()
            expectProblem(answer, 408, "request-timeout")
            #expect(answer["x-request-id"] == "mine")
        }
    }

    /// However steadily a body drips in, its time is limited.
    @Test func bodyThatDripsTimesOut() async throws {
        try await withConnection({ $0.limits.bodyTimeout = .milliseconds(300) }) { connection, api in
            let fields: Fields = ["Content-Type": "application/json", "Content-Length": "100000"]
            let text = api.requestText("POST", "/api/v1/links/batch", fields: fields)
            try await connection.send(text)
            async let answer = connection.answer()
            for _ in 0..<20 {
                try await Task.sleep(for: .milliseconds(30))
                // The server is gone at some point; that is what we want.
                try? await connection.send(" ")
            }
            expectProblem(try await answer, 408, "request-timeout")
        }
    }

    @Test func answeredRequestWithoutItsBodyIsJustClosed() async throws {
        try await withConnection({ $0.limits.bodyTimeout = .seconds(2) }) { connection, api in
            let fields: Fields = ["Content-Type": "text/plain", "Content-Length": "50"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            expectProblem(try await connection.answer(), 415, "unsupported-media-type")
            #expect(try await connection.rest() == "")
        }
    }

    @Test func goodRequestBeforeABrokenOneIsAnsweredFirst() async throws {
        try await withConnection { connection, api in
            try await connection.send(api.requestText("GET", "/health") + "NONSENSE\r\n\r\n")
            #expect(try await connection.answer().status == 200)
            try await expectLastAnswer(connection, 400, "malformed-request")
        }
    }

    @Test func severalGoodRequestsBeforeALateOneAreAnsweredFirst() async throws {
        try await withConnection({ $0.limits.bodyTimeout = .milliseconds(200) }) { connection, api in
            let late = api.requestText(
                "POST", "/api/v1/links", fields: ["Content-Type": "application/json", "Content-Length": "9"])
            try await connection.send(
                api.requestText("GET", "/health") + api.requestText("GET", "/robots.txt") + late)
            #expect(try await connection.answer().json["status"] == "ok")
            #expect(try await connection.answer().text.hasPrefix("User-agent"))
            try await expectLastAnswer(connection, 408, "request-timeout")
        }
    }

    /// Whatever is wrong with a request that could be read, the next one on its connection is answered.
    @Test func connectionOutlivesOrdinaryErrors() async throws {
        try await withConnection { connection, api in
            let requests = [
                (api.requestText("GET", "/nothing"), 404), (api.requestText("PUT", "/health"), 405),
                (api.requestText("POST", "/api/v1/links", "{}"), 422),
                (api.requestText("POST", "/api/v1/links", "{"), 400),
                (api.requestText("POST", "/api/v1/links", "x", fields: ["Content-Type": "text/plain"]), 415),
                (api.requestText("GET", "/health"), 200),
            ]
            for (text, status) in requests {
                try await connection.send(text)
                #expect(try await connection.answer().status == status)
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withConnection { connection, api in
            let paths = (0..<20).map { "/nothing\($0)" }
            try await connection.send(
                paths.map { api.requestText("GET", $0, fields: ["X-Request-Id": String($0.dropFirst())]) }.joined())
            for path in paths {
                #expect(try await connection.answer()["x-request-id"] == String(path.dropFirst()))
            }
        }
    }

    /// What comes after the last answer is not carried out either: nobody would learn of it.
    @Test func requestAfterTheLastAnswerHasNoEffect() async throws {
        try await withConnection { connection, api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let tooLarge = String(repeating: " ", count: 70_000)
            let fields: Fields = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            try await connection.send(
                api.requestText("POST", "/api/v1/links", fields: fields)
                    + "\(String(tooLarge.utf8.count, radix: 16))\r\n\(tooLarge)\r\n0\r\n\r\n"
                    + api.requestText("GET", "/mine"))
            try await expectLastAnswer(connection, 413, "payload-too-large")
            #expect(api.recordedClicks == 0)
        }
    }

    @Test func bodyThatStopsWhileTheConnectionMayBeIdleNoLongerTimesOut() async throws {
        try await withConnection({ $0.limits.idleTimeout = .milliseconds(200) }) { connection, api in
            let fields: Fields = ["Content-Type": "application/json", "Content-Length": "50"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            try await expectLastAnswer(connection, 408, "request-timeout")
        }
    }

    @Test func connectionIsClosedWhenTheClientAsksForIt() async throws {
        try await withConnection { connection, api in
            try await connection.send(api.requestText("GET", "/health", fields: ["Connection": "close"]))
            #expect(try await connection.answer().status == 200)
            #expect(try await connection.rest() == "")
        }
    }

    @Test func silentConnectionIsClosed() async throws {
        try await withConnection({ $0.limits.idleTimeout = .milliseconds(200) }) { connection, api in
            try await connection.send(api.requestText("GET", "/health"))
            #expect(try await connection.answer().status == 200)
            #expect(try await connection.rest() == "")
        }
    }

    /// However steadily a header drips in, its time is limited.
    @Test func slowHeaderTimesOut() async throws {
        try await withConnection({ $0.limits.idleTimeout = .milliseconds(300) }) { connection, _ in
            async let answer = connection.answer()
            try await connection.send("GET /health HTTP/1.1\r\n")
            for number in 0..<20 {
                try await Task.sleep(for: .milliseconds(30))
                // The server is gone at some point; that is what we want.
                try? await connection.send("X-\(number): v\r\n")
            }
            expectProblem(try await answer, 408, "request-timeout")
            #expect(try await connection.rest() == "")
        }
    }
}
