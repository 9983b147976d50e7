import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct DeleteLinkTests {
    @Test func deletedLinkIsGoneEverywhere() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            // So that the redirect is in the cache.
            #expect(try await api.get("/mine").status == 302)
            let answer = try await api.send("DELETE", "/api/v1/links/mine")
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            #expect(answer["x-request-id"] != nil)
            expectProblem(try await api.get("/api/v1/links/mine"), 404, "not-found")
            expectProblem(try await api.get("/mine"), 404, "not-found")
            expectProblem(try await api.get("/mine+"), 404, "not-found")
            expectProblem(try await api.send("DELETE", "/api/v1/links/mine"), 404, "not-found")
            #expect(try await api.get("/api/v1/links").json["data"] == [])
        }
    }

    @Test func entityTagIsHonoured() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let stale = try await api.send("DELETE", "/api/v1/links/mine", fields: ["If-Match": #""2""#])
            expectProblem(stale, 412, "precondition-failed")
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.send("DELETE", "/api/v1/links/mine", fields: ["If-Match": #""1""#]).status == 204)
        }
    }
}
