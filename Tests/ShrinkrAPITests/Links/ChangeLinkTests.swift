import Testing

@testable import ShrinkrAPI

/// `PATCH`, a JSON merge patch (RFC 7396).
@Suite struct ChangeLinkTests {
    private static let full = #"""
        {"url":"https://example.com/","code":"mine","title":"Mine","tags":["a"],"redirect_status":301,
         "forward_query":true,"enabled":false,"starts_at":"2026-01-01T00:00:00Z","expires_at":"2027-01-01T00:00:00Z",
         "max_visits":5}
        """#

    private func patch(_ api: TestAPI, _ body: String, fields: Fields = [:]) async throws -> Answer {
        try await api.send("PATCH", "/api/v1/links/mine", body, fields: fields)
    }

    @Test func absentMembersStay() async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            api.clock.advance(by: .seconds(60))
            let answer = try await patch(api, #"{"title":"Yours"}"#)
            #expect(answer.status == 200)
            #expect(answer["etag"] == #""2""#)
            #expect(
                answer.json == [
                    "code": "mine", "short_url": "https://sho.rt/mine", "url": "https://example.com/", "title": "Yours",
                    "tags": ["a"], "redirect_status": 301, "forward_query": true, "enabled": false,
                    "starts_at": "2026-01-01T00:00:00Z", "expires_at": "2027-01-01T00:00:00Z", "max_visits": 5,
                    "visits_left": 5, "created_at": "2026-03-10T12:00:00Z", "updated_at": "2026-03-10T12:01:00Z",
                ])
            #expect(try await api.get("/api/v1/links/mine").json == answer.json)
        }
    }

    @Test func nullSetsBackToTheDefault() async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let answer = try await patch(
                api,
                #"""
                {"title":null,"tags":null,"redirect_status":null,"forward_query":null,"enabled":null,"starts_at":null,
                 "expires_at":null,"max_visits":null}
                """#)
            #expect(answer.status == 200)
            #expect(answer.json["title"] == .null)
            #expect(answer.json["tags"] == [])
            #expect(answer.json["redirect_status"] == 302)
            #expect(answer.json["forward_query"] == false)
            #expect(answer.json["enabled"] == true)
            #expect(answer.json["starts_at"] == .null)
            #expect(answer.json["expires_at"] == .null)
            #expect(answer.json["max_visits"] == .null)
            #expect(answer.json["url"] == "https://example.com/")
        }
    }

    @Test func followersSeeTheChangeAtOnce() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/old","code":"mine"}"#)
            #expect(try await api.get("/mine")["location"] == "https://example.com/old")
            #expect(try await patch(api, #"{"url":"https://example.com/new"}"#).status == 200)
            #expect(try await api.get("/mine")["location"] == "https://example.com/new")
        }
    }

    @Test(arguments: [
        (#"{"url":null}"#, ["/url required"]),
        (#"{"url":"ftp://example.com/"}"#, ["/url scheme_not_allowed"]),
        (#"{"code":"other"}"#, ["/code unknown_member"]),
        (#"{"reuse":true}"#, ["/reuse unknown_member"]),
        (#"{"created_at":"2026-01-01T00:00:00Z"}"#, ["/created_at unknown_member"]),
        (#"{"title":1,"max_visits":0}"#, ["/max_visits out_of_range", "/title wrong_type"]),
        // The other end of the range is already there.
        (#"{"starts_at":"2027-01-01T00:00:00Z"}"#, ["/expires_at invalid"]),
    ])
    func wrongPatchChangesNothing(_ body: String, _ complaints: [String]) async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let answer = try await patch(api, body)
            expectProblem(answer, 422, "validation")
            #expect(answer.complaints == complaints)
            #expect(try await api.get("/api/v1/links/mine")["etag"] == #""1""#)
        }
    }

    @Test(arguments: [#""1""#, #""9", "1""#, "*"])
    func changeUnderTheRightEntityTagIsMade(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let answer = try await patch(api, #"{"title":"New"}"#, fields: ["If-Match": tag])
            #expect(answer.status == 200)
            #expect(answer["etag"] == #""2""#)
        }
    }

    /// Weak tags never match (RFC 9110, section 13.1.1).
    @Test(arguments: [#""2""#, #"W/"1""#, #""+1""#, #""01""#, "1", "nonsense", #""2", "3""#])
    func changeUnderAnotherEntityTagIsRefused(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let answer = try await patch(api, #"{"title":"New"}"#, fields: ["If-Match": tag])
            expectProblem(answer, 412, "precondition-failed")
            #expect(try await api.get("/api/v1/links/mine").json["title"] == "Mine")
        }
    }

    @Test func changeToWhatIsThereKeepsTheEntityTag() async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            api.clock.advance(by: .seconds(60))
            let answer = try await patch(api, #"{"title":"Mine"}"#)
            #expect(answer["etag"] == #""1""#)
            #expect(answer.json["updated_at"] == "2026-03-10T12:00:00Z")
            #expect(try await patch(api, "{}")["etag"] == #""1""#)
        }
    }

    @Test func mergePatchAndPlainJSONAreRead() async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let types = ["application/merge-patch+json", "application/json"]
            for type in types {
                #expect(try await patch(api, "{}", fields: ["Content-Type": type]).status == 200, "\(type)")
            }
            let answer = try await patch(api, "{}", fields: ["Content-Type": "application/json-patch+json"])
            expectProblem(answer, 415, "unsupported-media-type")
            #expect(answer["accept-patch"] == "application/merge-patch+json, application/json")
        }
    }

    @Test func unknownLinkIsNotFound() async throws {
        try await withAPI { api in
            expectProblem(try await patch(api, #"{"title":"x"}"#), 404, "not-found")
            expectProblem(try await patch(api, "{}", fields: ["If-Match": #""1""#]), 404, "not-found")
        }
    }
}
