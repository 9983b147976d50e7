import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// `POST /api/v1/links/{code}/restore`, and deletion for good.
@Suite struct RestoreLinkTests {
    private static let link = "/api/v1/links/mine"

    private func withDeletedLink(_ query: String = "", _ test: (TestAPI) async throws -> Void) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","title":"Mine","tags":["t"]}"#)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.send("DELETE", Self.link + query).status == 204)
            // So that the cache knows that there is none.
            #expect(try await api.get("/mine").status == 404)
            try await test(api)
        }
    }

    @Test func restoredLinkIsBack() async throws {
        try await withDeletedLink { api in
            let answer = try await api.send("POST", Self.link + "/restore")
            #expect(answer.status == 200)
            #expect(answer["etag"] == #""2""#)
            #expect(answer.json["title"] == "Mine")
            #expect(answer.json["tags"] == ["t"])
            #expect(answer.json["deleted_at"] == nil)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.get(Self.link).json.withoutClicks == answer.json)
            expectProblem(try await api.send("POST", Self.link + "/restore"), 409, "not-deleted")
            expectProblem(try await api.send("POST", "/api/v1/links/never/restore"), 404, "not-found")
            #expect(try await api.get(Self.link + "/restore").status == 405)
        }
    }

    @Test func replayGetsTheFirstAnswer() async throws {
        try await withDeletedLink { api in
            let fields: Fields = ["Idempotency-Key": "one"]
            let first = try await api.send("POST", Self.link + "/restore", fields: fields)
            let replay = try await api.send("POST", Self.link + "/restore", fields: fields)
            #expect(first.status == 200)
            #expect(replay.status == 200)
            #expect(replay["idempotency-replayed"] == "true")
            #expect(replay.body == first.body)
            // Codes that differ by case only are one.
            let other = try await api.send("POST", "/api/v1/links/MINE/restore", fields: fields)
            #expect(other.body == first.body)
        }
    }

    @Test func entityTagIsHonoured() async throws {
        try await withDeletedLink { api in
            let stale = try await api.send("POST", Self.link + "/restore", fields: ["If-Match": #""2""#])
            expectProblem(stale, 412, "precondition-failed")
            let fresh = try await api.send("POST", Self.link + "/restore", fields: ["If-Match": #""9", "1""#])
            #expect(fresh.status == 200)
        }
    }

    @Test func whoMayNotWriteMayNotRestore() async throws {
        try await withDeletedLink { api in
            let key = try await api.addKey(.linksRead, .statsRead)
            let fields: Fields = ["X-Api-Key": key]
            expectProblem(try await api.send("POST", Self.link + "/restore", fields: fields), 403, "forbidden")
            expectProblem(try await api.send("POST", Self.link + "/restore"), 401, "unauthorized")
        }
    }

    @Test func deletedLinksAreListed() async throws {
        try await withDeletedLink { api in
            try await api.create(#"{"url":"https://example.com/","code":"live"}"#)
            let list = try await api.get("/api/v1/links?deleted=true").json["data"]?.elements ?? []
            #expect(list.map { $0["code"] } == ["mine"])
            #expect(list.first?["deleted_at"] == "2026-03-10T12:00:00Z")
            let live = try await api.get("/api/v1/links?deleted=false").json["data"]?.elements ?? []
            #expect(live.map { $0["code"] } == ["live"])
            #expect(try await api.get("/api/v1/links?deleted=1").complaints == ["?deleted invalid"])
        }
    }

    @Test func removedForGoodStaysAway() async throws {
        try await withDeletedLink("?purge=true") { api in
            expectProblem(try await api.send("POST", Self.link + "/restore"), 404, "not-found")
            expectProblem(try await api.send("DELETE", Self.link + "?purge=true"), 404, "not-found")
            let again = try await api.post("/api/v1/links", #"{"url":"https://example.com/","code":"Mine"}"#)
            expectProblem(again, 409, "alias-taken")
            #expect(try await api.get("/api/v1/links?deleted=true").json["data"] == [])
        }
    }

    @Test func deletedLinkCanBeRemovedForGoodLater() async throws {
        try await withDeletedLink { api in
            expectProblem(try await api.send("DELETE", Self.link), 404, "not-found")
            expectProblem(try await api.send("DELETE", Self.link + "?purge=yes"), 422, "validation")
            expectProblem(try await api.send("DELETE", Self.link + "?forever=true"), 422, "validation")
            #expect(try await api.send("DELETE", Self.link + "?purge=true").status == 204)
            expectProblem(try await api.send("POST", Self.link + "/restore"), 404, "not-found")
        }
    }

    @Test(arguments: ["", "?purge=true"])
    func statisticsStayReadable(_ query: String) async throws {
        try await withDeletedLink(query) { api in
            let code = try #require(ShortCode("mine"))
            let bucket = TimeBucket(containing: TestClock.start.advanced(by: .seconds(-3_600)))
            let counts = LinkCounts(buckets: [bucket: Tally(people: 3, bots: 1)])
            let frame = CountedFrame(
                id: FrameID(journal: "j", number: 1), counts: [code: counts], clicks: 4,
                countsBehind: { _ in [:] })
            // Counted after the deletion, as clicks under way are.
            _ = await api.store.add([frame], at: TestClock.start)
            let stats = try await api.get(Self.link + "/stats")
            #expect(stats.status == 200)
            #expect(stats.json["totals"]?["clicks"] == 4)
        }
    }
}
