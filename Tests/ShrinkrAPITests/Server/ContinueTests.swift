import Testing

@testable import ShrinkrAPI

/// Clients that wait to be asked for their body.
@Suite struct ContinueTests {
    private static let body = #"{"url":"https://example.com/"}"#

    private func withConnection(_ test: (Connection, TestAPI) async throws -> Void) async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            try await test(connection, api)
            await connection.close()
        }
    }

    private func head(_ api: TestAPI, _ fields: Fields = ["Content-Length": "\(body.utf8.count)"]) -> String {
        let all = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        return "POST /api/v1/links HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Expect: 100-continue\r\n\(all)\r\n"
    }

    @Test func waitingClientIsAsked() async throws {
        try await withConnection { connection, api in
            for _ in 0..<2 {
                try await connection.send(head(api))
                #expect(try await connection.answer().status == 100)
                try await connection.send(Self.body)
                #expect([201, 403].contains(try await connection.answer().status))
            }
        }
    }

    @Test func askingWaitsForTheAnswersBefore() async throws {
        try await withConnection { connection, api in
            try await connection.send(api.requestText("GET", "/health") + head(api))
            #expect(try await connection.answer().status == 200)
            #expect(try await connection.answer().status == 100)
        }
    }

    @Test func whoDoesNotWaitIsNotAsked() async throws {
        try await withConnection { connection, api in
            try await connection.send(api.requestText("GET", "/health") + head(api) + Self.body)
            #expect(try await connection.answer().status == 200)
            #expect(try await connection.answer().status != 100)
        }
    }

    @Test(arguments: ["1048577", "99999999999999999999"])
    func tooLargeABodyIsNotAskedFor(_ length: String) async throws {
        try await withConnection { connection, api in
            try await connection.send(head(api, ["Content-Length": length]))
            #expect(try await connection.answer().status != 100)
        }
    }

    @Test func nothingIsAskedForWhereNothingIsAnnounced() async throws {
        try await withConnection { connection, api in
            try await connection.send(head(api, [:]))
            #expect(try await connection.answer().status != 100)
        }
    }
}
