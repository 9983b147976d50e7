import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

@Suite struct ReadLinkTests {
    private static let link = #"{"url":"https://example.com/","code":"mine"}"#

    @Test func linkComesWithItsEntityTag() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let answer = try await api.get("/api/v1/links/mine")
            #expect(answer.status == 200)
            #expect(answer["etag"] == #""1""#)
            #expect(answer["location"] == nil)
            #expect(answer["cache-control"] == "no-store")
            #expect(answer.json["url"] == "https://example.com/")
        }
    }

    @Test(arguments: [#""1""#, #"W/"1""#, #""7", "1""#, #" "7" , W/"1" "#, "*", #"W/"1-gzip""#, #""1;gzip""#])
    func knownEntityTagGetsNothingAgain(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let answer = try await api.get("/api/v1/links/mine", fields: ["If-None-Match": tag])
            #expect(answer.status == 304)
            #expect(answer["etag"] == #""1""#)
            #expect(answer.body.isEmpty)
        }
    }

    /// Clicks do not change the tag: neither does an edit fail for them, nor is anybody kept from seeing them.
    @Test func clicksAreShownAndChangeNoTag() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let before = try await api.get("/api/v1/links/mine")
            #expect(before.json["clicks"] == ["people": 0, "bots": 0])
            #expect(before.json["last_clicked_at"] == .null)
            let bucket = TimeBucket(containing: Timestamp(seconds: 1_795_305_600))
            let counts = LinkCounts(buckets: [bucket: Tally(people: 2, bots: 1)])
            let frame = CountedFrame(
                id: FrameID(journal: "a", number: 1), counts: [try #require(ShortCode("mine")): counts], clicks: 3,
                countsBehind: { _ in [:] })
            _ = await api.store.add([frame], at: api.clock.now)
            let after = try await api.get("/api/v1/links/mine", fields: ["If-None-Match": #""1""#])
            #expect(after.status == 200)
            #expect(after["etag"] == #""1""#)
            #expect(after.json["clicks"] == ["people": 2, "bots": 1])
            #expect(after.json["last_clicked_at"] == "2026-11-22T00:00:00Z")
            #expect(try await api.get("/api/v1/links").json["data"]?[0] == after.json)
            let changed = try await api.send(
                "PATCH", "/api/v1/links/mine", #"{"title":"t"}"#, fields: ["If-Match": #""1""#])
            #expect(changed.status == 200)
            #expect(changed.json["clicks"] == nil)
        }
    }

    @Test(arguments: [#""2""#, "1", #""11""#, "W/1", "", #""1-x""#])
    func otherEntityTagGetsTheLink(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            #expect(try await api.get("/api/v1/links/mine", fields: ["If-None-Match": tag]).status == 200)
        }
    }

    @Test func headHasTheHeaderOfGet() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let (get, head) = (
                try await api.get("/api/v1/links/mine"), try await api.send("HEAD", "/api/v1/links/mine")
            )
            #expect(head.status == 200)
            #expect(head["etag"] == get["etag"])
            #expect(head["content-type"] == get["content-type"])
            #expect(head["content-length"] == get["content-length"])
        }
    }

    @Test(arguments: ["nothing", "mine_", "%00", "a%2Fb", "caf%C3%A9", String(repeating: "a", count: 65)])
    func otherCodeIsNotFound(_ code: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            expectProblem(try await api.get("/api/v1/links/\(code)"), 404, "not-found")
        }
    }

    @Test func codeMayBePercentEscaped() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            #expect(try await api.get("/api/v1/links/m%69ne").json["code"] == "mine")
        }
    }

    @Test func readingIsNotFollowing() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"few","max_visits":1}"#)
            #expect(try await api.get("/api/v1/links/few").json["visits_left"] == 1)
            #expect(try await api.get("/api/v1/links/few").json["visits_left"] == 1)
            #expect(api.recordedClicks == 0)
        }
    }
}
