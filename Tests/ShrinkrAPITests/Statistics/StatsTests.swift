import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

@Suite struct StatsTests {
    private static let journal = "00000000-0000-4000-8000-000000000000"

    /// Counts clicks as the worker would: `people` and `bots` at a time, with one value of a dimension.
    private func count(
        _ api: TestAPI, _ code: String = "mine", at time: String, people: Int = 0, bots: Int = 0,
        values: [(Dimension, String)] = [], visitors: [UInt64] = [], frame: Int64
    ) async throws {
        let time = try #require(Timestamp(rfc3339: time))
        let bucket = TimeBucket(containing: time)
        let tally = Tally(people: people, bots: bots)
        let keys = values.map { (DimensionKey(bucket: bucket, dimension: $0, value: $1), tally) }
        let counts = LinkCounts(
            buckets: [bucket: tally], values: Dictionary(uniqueKeysWithValues: keys),
            visitors: [bucket.hour: Set(visitors.map { VisitorHash(bits: $0) })])
        let frame = CountedFrame(
            id: FrameID(journal: Self.journal, number: frame), counts: [try #require(ShortCode(code)): counts],
            clicks: people + bots, countsBehind: { _ in [:] })
        #expect(await api.store.add([frame], at: time).counted == people + bots)
    }

    private func withCounts(_ test: (TestAPI) async throws -> Void) async throws {
        try await withAPI { api in
            for code in ["mine", "other", "quiet"] {
                try await api.create(#"{"url":"https://example.com/","code":"\#(code)"}"#)
            }
            try await count(
                api, at: "2026-03-09T10:00:00Z", people: 3, bots: 1,
                values: [(.referrer, "a.example"), (.country, "DE")],
                visitors: [1, 2], frame: 1)
            try await count(
                api, at: "2026-03-09T18:29:00Z", people: 2, values: [(.referrer, "b.example")], visitors: [2], frame: 2)
            try await count(api, at: "2026-03-09T18:31:00Z", bots: 4, values: [(.referrer, "b.example")], frame: 3)
            try await count(
                api, "other", at: "2026-03-10T11:00:00Z", people: 5, values: [(.referrer, "a.example")], frame: 4)
            try await test(api)
        }
    }

    private func sum(_ answer: Answer, _ list: String, _ member: String) -> Int {
        (answer.json[list]?.elements ?? []).compactMap { $0[member]?.number }.reduce(0, +)
    }

    @Test func defaultIsTheLastThirtyDaysByDay() async throws {
        try await withCounts { api in
            let answer = try await api.get("/api/v1/links/mine/stats")
            #expect(answer.status == 200)
            #expect(answer["cache-control"] == "no-store")
            #expect(
                answer.json.names == [
                    "code", "from", "to", "interval", "tz", "totals", "series", "groups", "as_of", "complete",
                ])
            #expect(answer.json["code"] == "mine")
            #expect(answer.json["from"] == "2026-02-09T00:00:00Z")
            #expect(answer.json["to"] == "2026-03-10T12:00:00Z")
            #expect(answer.json["interval"] == "day")
            #expect(answer.json["tz"] == "UTC")
            #expect(
                answer.json["totals"] == ["clicks": 10, "people": 5, "bots": 5, "visitors": 2, "visitors_exact": true])
            #expect(answer.json["groups"] == [])
            let series = try #require(answer.json["series"]?.elements)
            #expect(series.count == 30)
            #expect(series.first == ["t": "2026-02-09T00:00:00Z", "people": 0, "bots": 0])
            #expect(series[28] == ["t": "2026-03-09T00:00:00Z", "people": 5, "bots": 5])
            #expect(series[29] == ["t": "2026-03-10T00:00:00Z", "people": 0, "bots": 0])
        }
    }

    @Test(arguments: ["hour", "day", "week", "month"], ["UTC", "Asia/Kolkata", "America/St_Johns", "Europe/Berlin"])
    func totalsAreTheSumOfTheSeries(_ interval: String, _ zone: String) async throws {
        try await withCounts { api in
            for target in ["/api/v1/links/mine/stats", "/api/v1/stats"] {
                let answer = try await api.get("\(target)?interval=\(interval)&tz=\(zone)")
                #expect(answer.status == 200)
                #expect(sum(answer, "series", "people") == answer.json["totals"]?["people"]?.number)
                #expect(sum(answer, "series", "bots") == answer.json["totals"]?["bots"]?.number)
                #expect(answer.json["totals"]?["clicks"] == (target.contains("mine") ? 10 : 15))
                let times = (answer.json["series"]?.elements ?? []).compactMap { $0["t"]?.text }
                #expect(times == Array(Set(times)).sorted())
            }
        }
    }

    @Test func daysAreThoseOfTheTimeZone() async throws {
        try await withCounts { api in
            let answer = try await api.get(
                "/api/v1/links/mine/stats?tz=Asia/Kolkata&from=2026-03-08T18:30:00Z&to=2026-03-10T18:30:00Z")
            #expect(
                answer.json["series"] == [
                    ["t": "2026-03-08T18:30:00Z", "people": 5, "bots": 1],
                    ["t": "2026-03-09T18:30:00Z", "people": 0, "bots": 4],
                ])
        }
    }

    @Test func dayOfTwentyFiveHoursIsOnePoint() async throws {
        try await withAPI { api in
            api.clock.advance(by: .seconds(300 * 86_400))
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            try await count(api, at: "2026-10-24T22:00:00Z", people: 1, frame: 1)
            try await count(api, at: "2026-10-25T00:15:00Z", people: 2, frame: 2)
            try await count(api, at: "2026-10-25T01:15:00Z", people: 4, frame: 3)
            try await count(api, at: "2026-10-25T22:45:00Z", people: 8, frame: 4)
            try await count(api, at: "2026-10-25T23:00:00Z", people: 16, frame: 5)
            let range = "tz=Europe/Berlin&from=2026-10-24T22:00:00Z&to=2026-10-26T23:00:00Z"
            let days = try await api.get("/api/v1/links/mine/stats?\(range)")
            #expect(
                days.json["series"] == [
                    ["t": "2026-10-24T22:00:00Z", "people": 15, "bots": 0],
                    ["t": "2026-10-25T23:00:00Z", "people": 16, "bots": 0],
                ])
            let hours = try await api.get("/api/v1/links/mine/stats?\(range)&interval=hour")
            #expect(hours.json["series"]?.elements.count == 49)
            #expect(hours.json["series"]?[2] == ["t": "2026-10-25T00:00:00Z", "people": 2, "bots": 0])
            #expect(hours.json["series"]?[3] == ["t": "2026-10-25T01:00:00Z", "people": 4, "bots": 0])
        }
    }

    @Test func rangeIsRoundedOutwardsToQuarterHours() async throws {
        try await withCounts { api in
            let answer = try await api.get(
                "/api/v1/links/mine/stats?from=2026-03-09T18:16:00Z&to=2026-03-09T18:29:30Z&interval=hour")
            #expect(answer.json["from"] == "2026-03-09T18:15:00Z")
            #expect(answer.json["to"] == "2026-03-09T18:30:00Z")
            #expect(answer.json["totals"]?["clicks"] == 2)
            let exact = try await api.get("/api/v1/links/mine/stats?from=2026-03-09T18:30:00Z&to=2026-03-09T18:45:00Z")
            #expect(exact.json["from"] == "2026-03-09T18:30:00Z")
            #expect(exact.json["to"] == "2026-03-09T18:45:00Z")
            #expect(exact.json["totals"]?["clicks"] == 4)
        }
    }

    @Test func trafficSelectsPeopleOrBots() async throws {
        try await withCounts { api in
            let people = try await api.get("/api/v1/links/mine/stats?traffic=people&group_by=referrer")
            #expect(
                people.json["totals"] == ["clicks": 5, "people": 5, "bots": 0, "visitors": 2, "visitors_exact": true])
            #expect(sum(people, "series", "bots") == 0)
            #expect(sum(people, "groups", "bots") == 0)
            let bots = try await api.get("/api/v1/links/mine/stats?traffic=bots&group_by=referrer")
            #expect(
                bots.json["totals"] == ["clicks": 5, "people": 0, "bots": 5, "visitors": 0, "visitors_exact": true])
            #expect(sum(bots, "series", "people") == 0)
            #expect(sum(bots, "groups", "bots") == 5)
            #expect(try await api.get("/api/v1/links/mine/stats?traffic=all").json["totals"]?["clicks"] == 10)
        }
    }

    @Test func groupsAreTheValuesOfOneDimension() async throws {
        try await withCounts { api in
            let referrers = try await api.get("/api/v1/links/mine/stats?group_by=referrer")
            #expect(
                referrers.json["groups"] == [
                    ["value": "b.example", "people": 2, "bots": 4], ["value": "a.example", "people": 3, "bots": 1],
                ])
            let countries = try await api.get("/api/v1/links/mine/stats?group_by=country")
            #expect(countries.json["groups"] == [["value": "DE", "people": 3, "bots": 1]])
            for dimension in ["browser", "os", "device", "language"] {
                #expect(try await api.get("/api/v1/links/mine/stats?group_by=\(dimension)").json["groups"] == [])
            }
        }
    }

    @Test func allLinksAddUp() async throws {
        try await withCounts { api in
            let answer = try await api.get("/api/v1/stats?group_by=referrer")
            #expect(answer.json["code"] == .null)
            #expect(answer.json["totals"]?["clicks"] == 15)
            #expect(
                answer.json["top_links"] == [
                    ["code": "mine", "people": 5, "bots": 5], ["code": "other", "people": 5, "bots": 0],
                ])
            #expect(answer.json["groups"]?[0] == ["value": "a.example", "people": 8, "bots": 1])
            let bots = try await api.get("/api/v1/stats?traffic=bots")
            #expect(bots.json["top_links"] == [["code": "mine", "people": 0, "bots": 5]])
        }
    }

    @Test func trafficDecidesTheOrderOfBreakdownsAndTopLinks() async throws {
        try await withCounts { api in
            let people = try await api.get("/api/v1/links/mine/stats?traffic=people&group_by=referrer")
            #expect(
                people.json["groups"] == [
                    ["value": "a.example", "people": 3, "bots": 0], ["value": "b.example", "people": 2, "bots": 0],
                ])
            try await count(api, "other", at: "2026-03-10T11:00:00Z", people: 1, frame: 5)
            let all = try await api.get("/api/v1/stats?traffic=people")
            #expect(
                all.json["top_links"] == [
                    ["code": "other", "people": 6, "bots": 0], ["code": "mine", "people": 5, "bots": 0],
                ])
        }
    }

    /// Noon is also where the default range ends. The test's clock stands still, so the API's own journal stays there.
    @Test func answerSaysHowFarItCanBeTrusted() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let epoch = Timestamp(seconds: 0)
            try await eventually("the journal has announced itself") {
                await api.store.countedThrough(
                    silentSince: epoch, abandonedSince: epoch, replacedSince: Timestamp(milliseconds: 0)) != nil
            }
            func expect(
                asOf: Timestamp, present: JSONValue, past: JSONValue, sourceLocation: SourceLocation = #_sourceLocation
            ) async throws {
                let now = try await api.get("/api/v1/stats")
                #expect(now.json["as_of"] == .string(asOf.rfc3339), sourceLocation: sourceLocation)
                #expect(now.json["complete"] == present, sourceLocation: sourceLocation)
                let range = "from=2026-03-09T00:00:00Z&to=2026-03-10T00:00:00Z"
                let ended = try await api.get("/api/v1/stats?\(range)")
                #expect(ended.json["complete"] == past, sourceLocation: sourceLocation)
            }
            // The API's own journal has nothing to send, and speaks of the time up to a second ago.
            try await expect(asOf: TestClock.start.advanced(by: .seconds(-1)), present: true, past: true)
            // Another one has: nothing is known until its frame is counted.
            let late = TestClock.start.advanced(by: .seconds(-6))
            let announcement = JournalAnnouncement(
                extent: JournalExtent(journal: Self.journal, frame: 1), time: late)
            try await api.store.announce(announcement, at: TestClock.start)
            try await expect(asOf: epoch, present: false, past: false)
            try await count(api, at: "2026-03-09T10:00:00Z", people: 1, frame: 1)
            try await expect(asOf: late, present: false, past: true)
            let inTime = TestClock.start.advanced(by: .zero - StatsController.lag)
            try await api.store.announce(
                JournalAnnouncement(
                    extent: JournalExtent(journal: Self.journal, frame: 1), time: inTime), at: inTime)
            try await expect(asOf: inTime, present: true, past: true)
        }
    }

    @Test func unknownLinkHasNoStatistics() async throws {
        try await withCounts { api in
            expectProblem(try await api.get("/api/v1/links/never/stats"), 404, "not-found")
            #expect(try await api.get("/api/v1/links/quiet/stats").json["totals"]?["clicks"] == 0)
        }
    }

    /// A plus is a space in the texts of a query, and a plus in times and zones, which have no spaces.
    @Test func plusInATimeIsAPlus() async throws {
        try await withAPI { api in
            for plus in ["+", "%2B", "%2b"] {
                let answer = try await api.get(
                    "/api/v1/stats?from=2026-03-09T20:00:00\(plus)02:00&to=2026-03-10T00:00:00Z&tz=Etc/GMT\(plus)5")
                #expect(answer.status == 200, "\(plus)")
                #expect(answer.json["from"] == "2026-03-09T18:00:00Z")
                #expect(answer.json["tz"] == "Etc/GMT+5")
            }
        }
    }

    @Test(arguments: [
        ("interval=year", ["?interval invalid"]), ("group_by=name", ["?group_by invalid"]),
        ("traffic=none", ["?traffic invalid"]),
        ("tz=Mars/Olympus", ["?tz invalid"]), ("tz=PST", ["?tz invalid"]), ("tz=", ["?tz too_short"]),
        ("from=yesterday", ["?from invalid"]), ("to=2026-02-30", ["?to invalid"]), ("from=-7m", ["?from invalid"]),
        ("tz=X&from=y", ["?from invalid", "?tz invalid"]), ("tz=X&from=-1d", ["?tz invalid"]),
        ("from=2026-03-10T12:00:00Z&to=2026-03-10T12:00:00Z", ["?from invalid"]),
        ("from=2026-03-11T00:00:00Z", ["?from invalid"]),
        ("from=2019-12-31T23:59:59Z&to=2020-02-01T00:00:00Z", ["?from out_of_range"]),
        ("from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", ["?from out_of_range"]),
        ("from=2024-12-01T00:00:00Z&to=2026-03-01T00:00:00Z&interval=hour", ["?interval invalid"]),
        ("days=5", ["?days unknown_parameter"]), ("tz=UTC&tz=UTC", ["?tz invalid"]),
        (
            "interval=x&group_by=y&traffic=z&more=1",
            ["?group_by invalid", "?interval invalid", "?more unknown_parameter", "?traffic invalid"]
        ),
    ])
    func wrongParametersAreNamed(_ query: String, _ complaints: [String]) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            for target in ["/api/v1/stats", "/api/v1/links/mine/stats"] {
                let answer = try await api.get("\(target)?\(query)")
                expectProblem(answer, 422, "validation")
                #expect(answer.complaints == complaints)
            }
        }
    }

    /// A date is the whole day where the time zone is; the test's clock stands at noon in UTC on 2026-03-10.
    @Test(arguments: [
        ("from=2026-03-08&to=2026-03-09", "2026-03-08T00:00:00Z", "2026-03-10T00:00:00Z"),
        ("from=2026-03-28&to=2026-03-29&tz=CET", "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("from=2026-03-09&tz=japan", "2026-03-08T15:00:00Z", "2026-03-10T12:00:00Z"),
        ("from=-7d", "2026-03-03T12:00:00Z", "2026-03-10T12:00:00Z"),
        ("from=-2w&to=-36h", "2026-02-24T12:00:00Z", "2026-03-09T00:00:00Z"),
    ])
    func rangesAreWrittenShort(_ query: String, _ from: String, _ to: String) async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/stats?\(query)")
            #expect(answer.status == 200)
            #expect(answer.json["from"] == .string(from))
            #expect(answer.json["to"] == .string(to))
        }
    }

    @Test(arguments: [
        "from=2021-03-09T00:00:00Z&to=2026-03-10T00:00:00Z",
        "from=2025-03-09T00:00:00Z&to=2026-03-10T00:00:00Z&interval=hour",
        "from=2026-03-10T11:00:00%2B01:00&to=2026-03-10T10:00:01Z", "to=2030-01-01T00:00:00Z&interval=month",
    ])
    func largeAndSmallRangesAreAnswered(_ query: String) async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/stats?\(query)")
            #expect(answer.status == 200)
            #expect((answer.json["series"]?.elements.count ?? 0) <= 10_000)
        }
    }
}
