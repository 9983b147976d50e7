import ClickQueue
import CoreTestSupport
import Logging
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite("Reports", .timeLimit(.minutes(5)))
struct ReportPublisherTests {
    private let store = MemoryStore()
    private let sink = RecordingSink()
    private let registry = MetricsRegistry()

    private func publisher(
        on reports: (any ReportStore)? = nil, change: (inout ReportPolicy) -> Void = { _ in }
    ) throws -> ReportPublisher {
        var policy = ReportPolicy()
        change(&policy)
        return ReportPublisher(
            store: reports ?? store, sink: sink, policy: policy,
            metrics: try ReportMetrics(registry),
            time: MonotonicTime(ContinuousClock()), wallClock: WallClock { Fixture.time },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func count(_ clicks: [Click], frame: Int64 = 1) async throws {
        let counter = FrameCounter(classifier: ClickClassifier())
        let frame = ClickFrame(id: FrameID(journal: Fixture.journal, number: frame), clicks: clicks)
        _ = await store.add(counter.count(try #require(FrameMessage(frame))), at: Fixture.time)
    }

    @Test("say what the store says")
    func content() async throws {
        try await Fixture.insertLinks("abc", "xyz", into: store)
        try await count([
            try Fixture.click(visitor: 1, referrer: "https://www.example.com/", language: "de-AT", country: "AT"),
            try Fixture.click(visitor: 1), try Fixture.click(visitor: 2, userAgent: "Twitterbot/1.0"),
            try Fixture.click(code: "xyz", at: Fixture.time.advanced(by: .seconds(7_200)), visitor: 3),
        ])
        await (try publisher()).publishDue()
        #expect(
            Set(sink.writes) == [
                "hourly/dt=2026-11-22/hour=20/links.ndjson.gz", "hourly/dt=2026-11-22/hour=22/links.ndjson.gz",
                "daily/dt=2026-11-22/links.ndjson.gz",
            ])
        let hour = try ReportLineJSON.read(try object("hourly/dt=2026-11-22/hour=20/links.ndjson.gz"))
        #expect(hour.count == 1)
        let line = try #require(hour.first)
        #expect(line.dt == "2026-11-22")
        #expect(line.hour == 20)
        #expect(line.code == "abc")
        #expect([line.clicks, line.people, line.bots, line.visitors] == [3, 2, 1, 1])
        #expect(line.visitorsExact)
        #expect(
            line.referrers == [
                .init(value: "(direct)", people: 1, bots: 1), .init(value: "example.com", people: 1, bots: 0),
            ])
        #expect(
            line.browsers == [
                .init(value: "Firefox", people: 2, bots: 0), .init(value: "X preview", people: 0, bots: 1),
            ])
        #expect(line.operatingSystems.map(\.value) == ["Linux", "(unknown)"])
        #expect(line.devices.map(\.value) == ["desktop", "bot"])
        #expect(line.countries.map(\.value) == ["(unknown)", "AT"])
        #expect(line.languages.map(\.value) == ["(unknown)", "de"])
        #expect(line.botRule == UserAgentRule.version)
        #expect(line.classifierRules == UserAgentRule.version)
        let day = try ReportLineJSON.read(try object("daily/dt=2026-11-22/links.ndjson.gz"))
        #expect(day.map(\.code) == ["abc", "xyz"])
        #expect(day.allSatisfy { $0.hour == nil })
        #expect(day.map(\.visitors) == [1, 1])
    }

    @Test("have all lines, however many pages they take, and the same bytes each time")
    func pages() async throws {
        for code in ["e", "a", "d", "b", "c"] { try await Fixture.insertLinks(code, into: store) }
        try await count(["c", "a", "e", "b", "d"].map { try Fixture.click(code: $0) })
        let period = ReportPeriod(kind: .daily, index: Fixture.time.seconds / 86_400)
        let whole = try await publisher().render(period)
        for size in 1...6 {
            let paged = try await publisher { $0.linesPerPage = size }.render(period)
            #expect(paged == whole)
        }
        #expect(try ReportLineJSON.read(whole).map(\.code) == ["a", "b", "c", "d", "e"])
    }

    @Test("are written again only when their numbers change")
    func changes() async throws {
        try await Fixture.insertLinks("abc", into: store)
        let publisher = try publisher()
        try await count([try Fixture.click()])
        await publisher.publishDue()
        await publisher.publishDue()
        #expect(sink.writes.count == 2, "one hour and one day")
        try await count([try Fixture.click()], frame: 2)
        await publisher.publishDue()
        #expect(sink.writes.count == 4)
        #expect(try ReportLineJSON.read(try object("daily/dt=2026-11-22/links.ndjson.gz")).map(\.clicks) == [2])
    }

    @Test("that failed are written in a later round")
    func retry() async throws {
        try await Fixture.insertLinks("abc", into: store)
        try await count([try Fixture.click()])
        sink.failNext(2)
        let publisher = try publisher()
        await publisher.publishDue()
        #expect(sink.writes.isEmpty)
        await publisher.publishDue()
        #expect(sink.writes.count == 2)
    }

    @Test("that can never be written hold up no others")
    func lasting() async throws {
        try await Fixture.insertLinks("abc", into: store)
        for hour in 0..<6 {
            let time = Fixture.time.advanced(by: .seconds(hour * 3_600))
            try await count([try Fixture.click(at: time)], frame: Int64(hour + 1))
        }
        sink.failAlways("hourly/dt=2026-11-22/hour=20/links.ndjson.gz")
        sink.failAlways("hourly/dt=2026-11-22/hour=21/links.ndjson.gz")
        await (try publisher()).publishDue()
        #expect(sink.writes.count == 6, "four hours and two days")
    }

    @Test("stop after some failures in a row, since the sink does not work")
    func brokenSink() async throws {
        try await Fixture.insertLinks("abc", into: store)
        for hour in 0..<6 {
            let time = Fixture.time.advanced(by: .seconds(hour * 3_600))
            try await count([try Fixture.click(at: time)], frame: Int64(hour + 1))
        }
        sink.failNext(.max)
        await (try publisher { $0.failuresPerRound = 3 }).publishDue()
        #expect(try ReportMetrics(registry).failures.value == 3)
        sink.failNext(0)
        await (try publisher()).publishDue()
        #expect(sink.writes.count == 8, "every claim was given back")
    }

    @Test("never grow past their limit")
    func limit() async throws {
        try await Fixture.insertLinks("abc", into: store)
        try await count([try Fixture.click()])
        await (try publisher { $0.maximumBytes = 100 }).publishDue()
        #expect(sink.writes.isEmpty)
        await #expect(throws: GzipError.outputTooLarge(limit: 100)) {
            try await publisher { $0.maximumBytes = 100 }.render(ReportPeriod(kind: .daily, index: 20_779))
        }
    }

    @Test("that take too long are given up")
    func deadline() async throws {
        struct HangingSink: ReportSink {
            func write(key: String, bytes: [UInt8]) async throws { try await Task.sleep(for: .seconds(3_600)) }
        }
        try await Fixture.insertLinks("abc", into: store)
        try await count([try Fixture.click()])
        var policy = ReportPolicy()
        policy.deadline = .milliseconds(1)
        policy.failuresPerRound = 1
        let publisher = ReportPublisher(
            store: store, sink: HangingSink(), policy: policy,
            metrics: try ReportMetrics(registry), time: MonotonicTime(ContinuousClock()),
            wallClock: WallClock { Fixture.time },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        await publisher.publishDue()
        #expect(try ReportMetrics(registry).failures.value == 1)
    }

    /// Else nobody would write the report before the claim runs out.
    @Test("that failed are let go of in the next round, where the store failed at that, too")
    func claimsOfAnEarlierRound() async throws {
        let scripted = ScriptedStore()
        try await Fixture.insertLinks("abc", into: scripted.base)
        let counter = FrameCounter(classifier: ClickClassifier())
        let frame = ClickFrame(id: FrameID(journal: Fixture.journal, number: 1), clicks: [try Fixture.click()])
        _ = try await scripted.add(counter.count(try #require(FrameMessage(frame))), at: Fixture.time)
        let publisher = try publisher(on: scripted)
        sink.failNext(2)
        scripted.keepClaims(true)
        var claims = await publisher.publishDue()
        #expect(claims.count == 2, "of the hour and the day")
        claims = await publisher.publishDue(lettingGo: claims)
        #expect(claims.count == 2)
        #expect(sink.writes.isEmpty)
        scripted.keepClaims(false)
        #expect(await publisher.publishDue(lettingGo: claims).isEmpty)
        #expect(sink.writes.count == 2)
    }

    @Test(
        "have keys by date and hour",
        arguments: [
            (ReportPeriod.Kind.hourly, 498_716, "hourly/dt=2026-11-22/hour=20/links.ndjson.gz"),
            (.hourly, 498_696, "hourly/dt=2026-11-22/hour=00/links.ndjson.gz"),
            (.daily, 20_779, "daily/dt=2026-11-22/links.ndjson.gz"),
        ] as [(ReportPeriod.Kind, Int64, String)])
    func key(_ kind: ReportPeriod.Kind, _ index: Int64, _ key: String) {
        #expect(ReportPeriod(kind: kind, index: index).reportKey == key)
    }

    private func object(_ key: String) throws -> [UInt8] {
        try #require(sink.objects[key])
    }
}
