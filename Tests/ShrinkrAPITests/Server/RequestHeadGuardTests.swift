import Testing

@testable import ShrinkrAPI

/// Requests that the parser reads and the standard forbids, and what follows the last request, over raw sockets.
@Suite struct RequestHeadGuardTests {
    private func withConnection(_ test: (Connection, TestAPI) async throws -> Void) async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            try await test(connection, api)
            await connection.close()
        }
    }

    @Test(arguments: [
        ("GET /health HTTP/1.1\r\n\r\n", 400), ("GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ])
    func refusedRequestIsTheLast(_ text: String, _ status: Int) async throws {
        try await withConnection { connection, api in
            try await connection.send(api.requestText("GET", "/robots.txt") + text + api.requestText("GET", "/health"))
            #expect(try await connection.answer().status == 200)
            let answer = try await connection.answer()
            #expect(answer.status == status)
            #expect(answer["connection"] == "close")
            #expect(try await connection.rest() == "")
        }
    }

    @Test func refusedHeadRequestGetsNoBody() async throws {
        try await withConnection { connection, _ in
            try await connection.send("HEAD /health HTTP/1.1\r\nHost: a b\r\nX-Request-Id: mine\r\n\r\n")
            let answer = try await connection.answer(toHead: true)
            #expect(answer.status == 400)
            #expect(answer["x-request-id"] == "mine")
            #expect(try await connection.rest() == "")
        }
    }

    @Test(arguments: [
        "GET /health HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", "GET /health HTTP/1.0\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
    ])
    func whatFollowsTheLastRequestGetsNoAnswer(_ text: String) async throws {
        for rest in ["", "GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n", "nonsense\r\n\r\n"] {
            try await withConnection { connection, _ in
                try await connection.send(text + rest)
                let answer = try await connection.answer()
                #expect(answer.status == 200)
                #expect(answer["connection"] == "close")
                #expect(try await connection.rest() == "")
            }
        }
    }

    @Test func trailerFieldsAreNotRead() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let connection = try await Connection.open(api.port)
            let fields: Fields = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            try await connection.send(
                api.requestText("POST", "/api/v1/links", fields: fields)
                    + "2\r\n{}\r\n0\r\nAuthorization: Bearer opensesame\r\n\r\n")
            expectProblem(try await connection.answer(), 401, "unauthorized")
            await connection.close()
        }
    }

    /// A path that whoever stands in front of us would not take for the API's is not the API's.
    @Test(arguments: ["//api/v1/links", "/api//v1/links", "/api/v1//links", "//health", "/health//"])
    func emptySegmentsLeadNowhere(_ path: String) async throws {
        try await withAPI { api in
            expectProblem(try await api.get(path), 404, "not-found")
        }
    }
}
