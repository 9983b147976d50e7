import ShrinkrCore
import Testing

@testable import ShrinkrAPI

/// A redirect with status 307 or 308 keeps the method; so a link with it answers to more than `GET`.
@Suite struct KeptMethodTests {
    private static let methods = ["POST", "PUT", "PATCH", "DELETE"]

    @Test(arguments: [307, 308])
    func isRedirectedAndCountedOnce(_ status: Int) async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/form","code":"mine","redirect_status":\#(status),"forward_query":true}"#)
            for (count, method) in Self.methods.enumerated() {
                let answer = try await api.send(method, "/mine?a=1", "name=value")
                #expect(answer.status == status)
                #expect(answer["location"] == "https://example.com/form?a=1")
                #expect(answer["cache-control"] == "private, no-store")
                #expect(api.recordedClicks == count + 1)
            }
            #expect(try await api.clicks().allSatisfy { $0.method == .get })
        }
    }

    @Test(arguments: [301, 302])
    func isRefusedWhereItWouldBecomeGet(_ status: Int) async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/form","code":"mine","redirect_status":\#(status)}"#)
            for method in Self.methods {
                for target in ["/mine", "/unknown", "/mine.html"] {
                    let answer = try await api.send(method, target)
                    expectProblem(answer, 405, "method-not-allowed")
                    #expect(answer["allow"] == "GET, HEAD")
                }
            }
            for method in Self.methods where method != "POST" {
                let answer = try await api.send(method, "/mine+")
                expectProblem(answer, 405, "method-not-allowed")
                #expect(answer["allow"] == "GET, HEAD, POST")
            }
            #expect(api.recordedClicks == 0)
        }
    }

    /// Methods that no link answers to are told of all that some links answer to.
    @Test(arguments: ["OPTIONS", "TRACE", "PROPFIND"])
    func otherMethodsAreRefused(_ method: String) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","redirect_status":307}"#)
            for target in ["/mine", "/unknown"] {
                let answer = try await api.send(method, target)
                expectProblem(answer, 405, "method-not-allowed")
                #expect(answer["allow"] == "DELETE, GET, HEAD, PATCH, POST, PUT")
            }
        }
    }

    @Test func takesAVisitAndStopsAtTheLimit() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"once","redirect_status":307,"max_visits":1}"#)
            #expect(try await api.post("/once", "{}").status == 307)
            #expect(try await api.post("/once", "{}").status == 410)
            #expect(try await api.get("/once").status == 410)
            #expect(api.recordedClicks == 1)
        }
    }

    /// A link that has not started looks exactly like one that does not exist.
    @Test func linkThatCannotBeFollowedIsNot() async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/","code":"later","redirect_status":307,"starts_at":"2027-01-01T00:00:00Z"}"#
            )
            try await api.create(#"{"url":"https://example.com/","code":"off","redirect_status":307,"enabled":false}"#)
            #expect(try await api.post("/later", "{}").status == 405)
            #expect(try await api.post("/later+", "{}").status == 404)
            #expect(try await api.post("/never+", "{}").status == 404)
            #expect(try await api.post("/off", "{}").status == 410)
            #expect(try await api.post("/off+", "{}").status == 410)
        }
    }

    /// The body is the destination's business: it is not waited for.
    @Test func bodyIsNotWaitedFor() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","redirect_status":307}"#)
            let connection = try await Connection.open(api.port)
            try await connection.send(
                "POST /mine HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\nx")
            #expect(try await connection.answer().status == 307)
            #expect(api.recordedClicks == 1)
            await connection.close()
        }
    }
}
