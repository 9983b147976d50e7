import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

#if PostgreSQL
import ShrinkrStorePostgreSQL
#endif

/// 2026-11-22T00:00:00Z, the start of an hour and of a day.
let midnight = Timestamp(seconds: 1_795_305_600)
/// The day that begins with ``midnight``, in days since 1970-01-01.
let today: Int64 = 20_779

func code(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> ShortCode {
    try #require(ShortCode(text), sourceLocation: sourceLocation)
}

/// A bucket of ``today``, counted from midnight.
func bucket(_ number: Int64) -> TimeBucket {
    TimeBucket(index: TimeBucket(containing: midnight).index + number)
}

extension NewLink {
    /// A link with one code.
    init(
        _ text: String, url: String = "https://example.com/", reuse: Bool = false, at now: Timestamp = midnight,
        change: (inout LinkSettings) -> Void = { _ in }
    ) throws {
        var settings = LinkSettings(url: url)
        change(&settings)
        self.init(candidates: [try code(text)], settings: settings, reuse: reuse, createdAt: now)
    }
}

extension LinkStore {
    /// Inserts one link.
    @discardableResult
    func insert(_ link: NewLink) async throws -> InsertOutcome {
        try #require(try await insert([link], completing: nil).first)
    }

    /// Makes sure that the codes are links.
    func insertLinks(_ codes: String...) async throws {
        for text in codes {
            let outcome = try await insert(NewLink(text))
            try #require(outcome.link != nil)
        }
    }
}

extension LinkStore {
    /// The store, from the moment on when its feed tells all that has been changed so far: a store may wait for whoever
    /// was at work then.
    func settled() async throws -> Self {
        #if PostgreSQL
        if let store = self as? PostgreSQLStore { try await store.waitForOthers() }
        #endif
        return self
    }
}

extension InsertOutcome {
    /// The link that was created or found.
    var link: Link? {
        switch self {
        case .created(let link, _), .reused(let link): link
        case .taken: nil
        }
    }

    /// The link, if it was created.
    var createdLink: Link? {
        if case .created(let link, _) = self { link } else { nil }
    }

    /// The link, if it was there already.
    var reusedLink: Link? {
        if case .reused(let link) = self { link } else { nil }
    }
}

extension LinkCounts {
    /// A visitor who comes in some hours of a day.
    mutating func see(_ visitor: UInt64, day: Int64 = today, hours: [Int]) {
        for hour in hours { visitors[day * 24 + Int64(hour), default: []].insert(VisitorHash(bits: visitor)) }
    }
}

extension VisitorCount: ExpressibleByIntegerLiteral {
    /// An exact number.
    public init(integerLiteral number: Int) { self.init(number: number, isExact: true) }
}

extension CountedFrame {
    /// A frame of clicks of people, all in one bucket.
    init(_ number: Int64, of journal: String = "a", people: [String: Int], in bucket: TimeBucket = bucket(0)) throws {
        var counts: [ShortCode: LinkCounts] = [:]
        for (text, clicks) in people {
            counts[try code(text)] = LinkCounts(buckets: [bucket: Tally(people: clicks)])
        }
        self.init(
            id: FrameID(journal: journal, number: number), counts: counts, clicks: people.values.reduce(0, +),
            countsBehind: { _ in [:] })
    }

    /// A frame of clicks of people in order, all in one bucket: its beginning, or the whole.
    init(
        _ number: Int64, of journal: String = "a", clicks: [String], isPartial: Bool = false,
        in bucket: TimeBucket = bucket(0)
    ) throws {
        let codes = try clicks.map { try code($0) }
        @Sendable func counts(_ codes: ArraySlice<ShortCode>) -> [ShortCode: LinkCounts] {
            Dictionary(grouping: codes) { $0 }.mapValues { LinkCounts(buckets: [bucket: Tally(people: $0.count)]) }
        }
        self.init(
            id: FrameID(journal: journal, number: number), counts: counts(codes[...]), clicks: codes.count,
            isPartial: isPartial, countsBehind: { counts(codes.dropFirst($0)) })
    }

    /// A frame with the counts of one link.
    init(_ number: Int64, of journal: String = "a", link text: String, _ counts: LinkCounts) throws {
        self.init(
            id: FrameID(journal: journal, number: number), counts: [try code(text): counts],
            clicks: counts.buckets.values.reduce(0) { $0 + $1.clicks }, countsBehind: { _ in [:] })
    }
}

extension StatsRange {
    /// Four days from ``midnight`` on: all buckets that the tests use.
    static func all(_ code: ShortCode? = nil) -> StatsRange {
        StatsRange(code: code, buckets: bucket(0)..<bucket(4 * 96))
    }
}

extension StatsStore {
    /// Clicks counted for a link, or for all.
    func clicks(_ text: String? = nil) async throws -> Int {
        let link = try text.map { try code($0) }
        return try await buckets(.all(link)).reduce(0) { $0 + $1.tally.clicks }
    }
}
