import ShrinkrBase
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

/// Links that were made elsewhere and say when.
@Suite struct MovedLinkTests {
    private static let body =
        #"{"url":"https://example.com/","code":"moved","created_at":"2020-01-02T03:04:05Z","reuse":true}"#

    @Test func keepTheirTime() async throws {
        try await withAPI { api in
            let answer = try await api.post("/api/v1/links", Self.body)
            #expect(answer.status == 201)
            #expect(answer.json["created_at"] == "2020-01-02T03:04:05Z")
            #expect(answer.json["updated_at"] == "2020-01-02T03:04:05Z")
            // Moved once more, they are there.
            #expect(try await api.post("/api/v1/links", Self.body).status == 200)
        }
    }

    /// The time at which it was made elsewhere does not decide whether it can be followed now.
    @Test func areReusedByWhatTheyAreNow() async throws {
        try await withAPI { api in
            let soon = api.clock.now.advanced(by: .seconds(60)).rfc3339
            let body =
                #"{"url":"https://example.com/","starts_at":"\#(soon)","created_at":"2020-01-02T03:04:05Z","reuse":true}"#
            let first = try await api.create(body)
            api.clock.advance(by: .seconds(120))
            let again = try await api.post("/api/v1/links", body)
            #expect(again.status == 200 && again.json["code"]?.text == first)
        }
    }

    @Test(arguments: ["2999-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "yesterday"])
    func areNotOfTheFuture(_ time: String) async throws {
        try await withAPI { api in
            let answer = try await api.post(
                "/api/v1/links", #"{"url":"https://example.com/","created_at":"\#(time)"}"#)
            expectProblem(answer, 422, "validation")
        }
    }

    @Test func areForThoseWhoMayEverything() async throws {
        try await withAPI { api in
            let writer = try await api.addKey(.linksWrite, .linksRead)
            let refused = try await api.post(
                "/api/v1/links", Self.body, fields: ["Authorization": "Bearer \(writer)"])
            expectProblem(refused, 422, "validation")
            let admin = try await api.addKey(.admin)
            let made = try await api.post("/api/v1/links", Self.body, fields: ["Authorization": "Bearer \(admin)"])
            #expect(made.status == 201)
        }
    }
}
