import ShrinkrBase
import Testing

@testable import ShrinkrAPI

/// A body that is too large is refused so that the client gets to read why, although it has not finished sending.
@Suite struct BodySizeTests {
    private static let piece = String(repeating: " ", count: 16 * 1_024)

    @Test func declaredLengthIsEnoughToRefuse() async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            let fields: Fields = ["Content-Type": "application/json", "Content-Length": "65537"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            let answer = try await connection.answer()
            expectProblem(answer, 413, "payload-too-large")
            #expect(answer["connection"] == "close")
            await connection.close()
        }
    }

    @Test func bodyOfUnknownLengthIsRefusedWhenItIsTooLong() async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            let fields: Fields = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            for _ in 0..<5 { try await connection.send("4000\r\n\(Self.piece)\r\n") }
            let answer = try await connection.answer()
            expectProblem(answer, 413, "payload-too-large")
            #expect(answer["connection"] == "close")
            await connection.close()
        }
    }

    /// Closing a socket with unread bytes resets the connection, and the answer may be lost with it.
    @Test func clientThatGoesOnSendingCanReadTheAnswer() async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            let fields: Fields = [
                "Content-Type": "application/json", "Content-Length": "\(64 * Self.piece.utf8.count)",
            ]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            // Until the server has nothing more to take.
            async let sending: Void? = try? connection.send(String(repeating: Self.piece, count: 64))
            expectProblem(try await connection.answer(), 413, "payload-too-large")
            #expect(await sending != nil)
            await connection.close()
        }
    }

    @Test func largestBodyIsRead() async throws {
        try await withAPI { api in
            let start = #"{"url":"https://example.com/""#
            let body = start + String(repeating: " ", count: 64 * 1_024 - start.utf8.count - 1) + "}"
            #expect(try await api.post("/api/v1/links", body).status == 201)
            expectProblem(try await api.post("/api/v1/links", body + " "), 413, "payload-too-large")
        }
    }

    @Test func bodyInChunksIsRead() async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            let fields: Fields = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            try await connection.send(api.requestText("POST", "/api/v1/links", fields: fields))
            try await connection.send("8\r\n{\"url\":\"\r\n")
            try await connection.send("16\r\nhttps://example.com/\"}\r\n0\r\n\r\n")
            #expect(try await connection.answer().json["url"] == "https://example.com/")
            await connection.close()
        }
    }
}
