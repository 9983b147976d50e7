import ShrinkrBase
import ShrinkrCore
import Testing

/// What a link's owner set, the time, and whether it can be followed then.
struct AvailabilityCase: CustomTestStringConvertible {
    let testDescription: String
    let now: Int64
    let expected: LinkAvailability
    let enabled: Bool
    let starts: Int64?
    let expires: Int64?
    let visits: (used: Int, maximum: Int?)

    init(
        _ description: String, at now: Int64 = 100, _ expected: LinkAvailability, enabled: Bool = true,
        starts: Int64? = nil, expires: Int64? = nil, visits: (used: Int, maximum: Int?) = (0, nil)
    ) {
        testDescription = description
        self.now = now
        self.expected = expected
        self.enabled = enabled
        self.starts = starts
        self.expires = expires
        self.visits = visits
    }

    static let all = [
        AvailabilityCase("without conditions", .live),
        AvailabilityCase("switched off", .disabled, enabled: false),
        AvailabilityCase("a millisecond before its start", at: 99, .notStarted, starts: 100),
        AvailabilityCase("at its start", at: 100, .live, starts: 100),
        AvailabilityCase("a millisecond before its end", at: 99, .live, expires: 100),
        AvailabilityCase("at its end", at: 100, .expired, expires: 100),
        AvailabilityCase("long after its end", at: .max, .expired, expires: 100),
        AvailabilityCase("between start and end", at: 100, .live, starts: 50, expires: 150),
        AvailabilityCase("with one visit left", .live, visits: (2, 3)),
        AvailabilityCase("with its visits used up", .exhausted, visits: (3, 3)),
        AvailabilityCase("with its limit lowered below what was used", .exhausted, visits: (9, 3)),
        AvailabilityCase("with many visits and no limit", .live, visits: (1_000_000, nil)),
        AvailabilityCase("switched off before all else", .disabled, enabled: false, starts: 200, visits: (1, 1)),
        AvailabilityCase("not started and used up", .notStarted, starts: 200, visits: (1, 1)),
        AvailabilityCase("expired and used up", .expired, expires: 50, visits: (1, 1)),
    ]
}

@Suite("A link") struct LinkTests {
    @Test("can be followed, or says why not", arguments: AvailabilityCase.all)
    func availability(of item: AvailabilityCase) throws {
        let settings = LinkSettings(
            url: "https://example.com/", enabled: item.enabled,
            startsAt: item.starts.map { Timestamp(milliseconds: $0) },
            expiresAt: item.expires.map { Timestamp(milliseconds: $0) }, maximumVisits: item.visits.maximum)
        let link = Link(
            code: try #require(ShortCode("a")), settings: settings, visitsUsed: item.visits.used,
            createdAt: Timestamp(seconds: 0), updatedAt: Timestamp(seconds: 0))
        #expect(link.availability(at: Timestamp(milliseconds: item.now)) == item.expected)
    }

    @Test(
        "has visits left",
        arguments: [(0, nil, nil), (5, nil, nil), (0, 3, 3), (2, 3, 1), (3, 3, 0), (4, 3, 0)] as [(Int, Int?, Int?)])
    func visitsLeft(used: Int, maximum: Int?, left: Int?) throws {
        let link = Link(
            code: try #require(ShortCode("a")),
            settings: LinkSettings(url: "https://a.example/", maximumVisits: maximum),
            visitsUsed: used, createdAt: Timestamp(seconds: 0), updatedAt: Timestamp(seconds: 0))
        #expect(link.visitsLeft == left)
    }

    @Test("has its tags in order, each once")
    func tags() {
        let settings = LinkSettings(url: "https://a.example/", tags: ["b", "a", "b", "B", "a"])
        #expect(settings.tags == ["B", "a", "b"])
        #expect(settings == LinkSettings(url: "https://a.example/", tags: ["B", "b", "a"]))
    }
}
