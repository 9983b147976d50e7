import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct ReuseTests {
    private static let plain = #"{"url":"https://example.com/","reuse":true}"#

    @Test func equalLiveLinkIsReturned() async throws {
        try await withAPI { api in
            let first = try await api.post("/api/v1/links", Self.plain)
            #expect(first.status == 201)
            let again = try await api.post("/api/v1/links", #"{"url":"HTTPS://EXAMPLE.COM","reuse":true}"#)
            #expect(again.status == 200)
            #expect(again.json == first.json)
            #expect(again["etag"] == first["etag"])
        }
    }

    @Test func withoutReuseThereIsAnotherLink() async throws {
        try await withAPI { api in
            let first = try await api.create(#"{"url":"https://example.com/"}"#)
            #expect(try await api.create(#"{"url":"https://example.com/"}"#) != first)
        }
    }

    @Test(arguments: [
        #""title":"x""#, #""tags":["x"]"#, #""redirect_status":301"#, #""forward_query":true"#, #""max_visits":9"#,
        #""expires_at":"2027-01-01T00:00:00Z""#, #""enabled":false"#,
    ])
    func linkThatDiffersIsNotReused(_ member: String) async throws {
        try await withAPI { api in
            let first = try await api.create(#"{"url":"https://example.com/"}"#)
            let other = try await api.post("/api/v1/links", #"{"url":"https://example.com/","reuse":true,\#(member)}"#)
            #expect(other.status == 201)
            #expect(other.json["code"]?.text != first)
        }
    }

    @Test func disabledLinkIsNotReused() async throws {
        try await withAPI { api in
            let first = try await api.create(#"{"url":"https://example.com/"}"#)
            #expect(try await api.send("PATCH", "/api/v1/links/\(first)", #"{"enabled":false}"#).status == 200)
            #expect(try await api.post("/api/v1/links", Self.plain).status == 201)
        }
    }

    @Test func sameAliasIsReused() async throws {
        try await withAPI { api in
            let body = #"{"url":"https://example.com/","code":"mine","reuse":true}"#
            #expect(try await api.post("/api/v1/links", body).status == 201)
            let again = try await api.post("/api/v1/links", body)
            #expect(again.status == 200)
            #expect(again.json["code"] == "mine")
        }
    }

    @Test func otherAliasIsNotReused() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let other = try await api.post(
                "/api/v1/links", #"{"url":"https://example.com/","code":"yours","reuse":true}"#)
            #expect(other.status == 201)
            #expect(other.json["code"] == "yours")
        }
    }
}
