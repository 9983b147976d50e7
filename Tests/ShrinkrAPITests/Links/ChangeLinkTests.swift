import ShrinkrBase
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
            #expect(try await api.get("/api/v1/links/mine").json.withoutClicks == answer.json)
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

    /// A client may send everything back as it read it.
    @Test func expiredLinkCanBeChanged() async throws {
        try await withAPI { api in
            let end = "2026-03-10T12:00:01.000Z"
            try await api.create(#"{"url":"https://example.com/","code":"mine","expires_at":"\#(end)"}"#)
            api.clock.advance(by: .seconds(2))
            let same = try await patch(api, #"{"title":"New","expires_at":"\#(end)"}"#)
            #expect(same.status == 200)
            #expect(same.json["title"] == "New")
            let other = try await patch(api, #"{"expires_at":"2026-03-10T12:00:01.500Z"}"#)
            #expect(other.complaints == ["/expires_at invalid"])
            #expect(other.text.contains("'enabled'"))
            #expect(try await patch(api, #"{"expires_at":null}"#).status == 200)
            #expect(try await api.get("/mine").status == 302)
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
        (#"{"expires_at":"2026-03-10T12:00:00Z"}"#, ["/expires_at invalid"]),
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

    /// As we write it, and as proxies that compress give it to the client, which sends it back.
    @Test(arguments: [
        #""1""#, #""9", "1""#, "*", #"W/"1""#, #""1-gzip""#, #""1;gzip""#, #""1--gzip""#, #"W/"1-br""#, #""1:zstd""#,
        #"W/"7-gzip" , "1-gzip""#, " * ",
    ])
    func changeUnderTheRightEntityTagIsMade(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let answer = try await patch(api, #"{"title":"New"}"#, fields: ["If-Match": tag])
            #expect(answer.status == 200)
            #expect(answer["etag"] == #""2""#)
        }
    }

    @Test(arguments: [
        #""2""#, #"W/"2""#, #""2-gzip""#, #""1-gz ip""#, #""1-""#, #""1gzip""#, #""1---gzip""#, #""1-gzip-gzip""#,
        #"w/"1""#,
        #""""#, #"""#, #"W/"#, #""1"-gzip"#, "\"1\u{301}\"", #""+1""#, #""01""#, "1", "nonsense",
        #""2", "3""#,
    ])
    func changeUnderAnotherEntityTagIsRefused(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let answer = try await patch(api, #"{"title":"New"}"#, fields: ["If-Match": tag])
            expectProblem(answer, 412, "precondition-failed")
            #expect(try await api.get("/api/v1/links/mine").json["title"] == "Mine")
        }
    }

    @Test func manyEntityTagsAreOneQuestionAndTooManyAreNone() async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let tags = (2...64).map { #""\#($0)""# }.joined(separator: ", ")
            #expect(try await patch(api, "{}", fields: ["If-Match": tags + #", "1""#]).status == 200)
            expectProblem(try await patch(api, "{}", fields: ["If-Match": tags]), 412, "precondition-failed")
            let tooMany = tags + #", "1", "1""#
            expectProblem(try await patch(api, "{}", fields: ["If-Match": tooMany]), 400, "malformed-request")
        }
    }

    /// Both spellings look alike; what is stored is one of them, and what is answered is what is stored.
    @Test func textIsStoredInOneForm() async throws {
        try await withAPI { api in
            try await api.create(Self.full)
            let (composed, decomposed) = ("Caf\u{E9} \u{C5}\u{1E69}", "Cafe\u{301} \u{212B}s\u{307}\u{323}")
            for title in [decomposed, composed] {
                let answer = try await patch(api, #"{"title":"\#(title)","tags":["\#(title)"]}"#)
                #expect(answer["etag"] == #""2""#)
                #expect(answer.json["title"] == .string(composed))
                #expect(answer.json["tags"] == [.string(composed)])
                let target = title.utf8.map { "%" + String($0, radix: 16) }.joined()
                for query in ["tag=\(target)", "q=\(target)"] {
                    let page = try await api.get("/api/v1/links?\(query)")
                    #expect(page.json["data"]?.elements.count == 1, "\(query)")
                }
            }
            // The length is that of the stored form; two spellings of one tag are one tag.
            let long = String(repeating: "e\u{301}", count: 300)
            #expect(try await patch(api, #"{"title":"\#(long)"}"#).status == 200)
            #expect(try await patch(api, #"{"title":"\#(long)x"}"#).complaints == ["/title too_long"])
            let twice = try await patch(api, #"{"tags":["\#(decomposed)","\#(composed)"]}"#)
            #expect(twice.json["tags"] == [.string(composed)])
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
