import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// Links that cannot be followed: not yet, or not any more.
@Suite struct AvailabilityTests {
    private func expectGone(
        _ answer: Answer, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectProblem(answer, 410, "link-gone", sourceLocation: sourceLocation)
        #expect(answer.json["reason"] == .string(reason), sourceLocation: sourceLocation)
        #expect(answer["location"] == nil, sourceLocation: sourceLocation)
        #expect(!answer.text.contains("example.com"), sourceLocation: sourceLocation)
    }

    @Test func linkWorksFromItsStartToItsEnd() async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/","code":"mine","starts_at":"2026-03-10T12:01:00Z","expires_at":"2026-03-10T12:02:00Z"}"#
            )
            expectProblem(try await api.get("/mine"), 404, "not-found")
            api.clock.advance(by: .milliseconds(59_999))
            #expect(try await api.get("/mine").status == 404)
            api.clock.advance(by: .milliseconds(1))
            #expect(try await api.get("/mine").status == 302)
            api.clock.advance(by: .milliseconds(59_999))
            #expect(try await api.get("/mine").status == 302)
            api.clock.advance(by: .milliseconds(1))
            expectGone(try await api.get("/mine"), "expired")
            #expect(api.recordedClicks == 2)
        }
    }

    /// A link that has not started looks exactly like one that does not exist.
    @Test func linkBeforeItsStartGivesNothingAway() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"soon","starts_at":"2027-01-01T00:00:00Z"}"#)
            let fields: Fields = ["X-Request-Id": "same"]
            let (soon, never) = (
                try await api.get("/soon", fields: fields), try await api.get("/never", fields: fields)
            )
            #expect(soon.body == never.body)
            #expect(soon.status == never.status)
            #expect(try await api.get("/soon+", fields: fields).body == never.body)
        }
    }

    @Test func disabledLinkIsGoneUntilItIsEnabled() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","enabled":false}"#)
            expectGone(try await api.get("/mine"), "disabled")
            expectGone(try await api.get("/mine+"), "disabled")
            #expect(try await api.send("PATCH", "/api/v1/links/mine", #"{"enabled":true}"#).status == 200)
            #expect(try await api.get("/mine").status == 302)
        }
    }

    @Test func usedUpLinkIsGone() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","max_visits":2}"#)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.get("/mine").status == 302)
            expectGone(try await api.get("/mine"), "exhausted")
            #expect(try await api.get("/api/v1/links/mine").json["visits_left"] == 0)
            #expect(api.recordedClicks == 2)
        }
    }

    @Test func visitsAreNotTakenTwiceHoweverManyCome() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","max_visits":5}"#)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 { group.addTask { try await api.get("/mine").status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 302 } == 5)
            #expect(statuses.count { $0 == 410 } == 25)
            #expect(api.recordedClicks == 5)
        }
    }

    /// The limit can be lifted while the link is in the cache of redirects.
    @Test func liftedLimitOpensTheLinkAgain() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","max_visits":1}"#)
            #expect(try await api.get("/mine").status == 302)
            let answer = try await api.send("PATCH", "/api/v1/links/mine", #"{"max_visits":null}"#)
            #expect(answer.json["visits_left"] == .null)
            for _ in 0..<3 { #expect(try await api.get("/mine").status == 302) }
        }
    }

    /// Visits of people are known once they are counted; the API under test has no worker, so the test counts them.
    @Test func limitSetLaterCountsEarlierVisits() async throws {
        try await withAPI { api in
            let code = try #require(ShortCode(try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)))
            let bucket = TimeBucket(containing: TestClock.start)
            let counts = LinkCounts(buckets: [bucket: Tally(people: 3, bots: 90)])
            let frame = CountedFrame(
                id: FrameID(journal: "j", number: 1), counts: [code: counts], clicks: 93, countsBehind: { _ in [:] })
            _ = await api.store.add([frame], at: TestClock.start)
            func limit(_ limit: String) async throws -> JSONValue? {
                let answer = try await api.send("PATCH", "/api/v1/links/mine", #"{"max_visits":\#(limit)}"#)
                return answer.json["visits_left"]
            }
            #expect(try await limit("5") == 2)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await limit("10") == 6)
            // Below what is used up.
            #expect(try await limit("1") == 0)
            #expect(try await api.get("/mine").status == 410)
            // Cleared and set again: what was taken under the limit stays counted.
            #expect(try await limit("null") == .null)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await limit("5") == 1)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.get("/mine").status == 410)
        }
    }

    @Test func earlierVisitsAreCountedOnlyWhereALimitIsSet() async throws {
        let raise = Once()
        let watch = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(base: dependencies.links, beforeRaise: { _ = raise.take() })
        }
        try await withAPI(replace: watch) { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            func status(_ body: String, _ fields: Fields = [:]) async throws -> Int {
                try await api.send("PATCH", "/api/v1/links/mine", body, fields: fields).status
            }
            #expect(try await status(#"{"max_visits":null}"#) == 200)
            #expect(try await status(#"{"max_visits":0}"#) == 422)
            #expect(try await status(#"{"max_visits":"5"}"#) == 422)
            #expect(try await status(#"{"max_visits":5,"title":5}"#) == 422)
            #expect(try await status(#"{"max_visits":5}"#, ["If-Match": #""9""#]) == 412)
            #expect(raise.take(), "nothing was counted")
        }
    }

    @Test func higherLimitOpensTheLinkAgain() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","max_visits":1}"#)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.get("/mine").status == 410)
            let answer = try await api.send("PATCH", "/api/v1/links/mine", #"{"max_visits":2}"#)
            #expect(answer.json["visits_left"] == 1)
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.get("/mine").status == 410)
        }
    }
}
