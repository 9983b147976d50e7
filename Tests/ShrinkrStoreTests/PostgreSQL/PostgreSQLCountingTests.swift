#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrStorePostgreSQL

/// Counts are those of a store in memory, whoever added what at the same time, and whatever connections were lost.
@Suite("Counting by several stores on one PostgreSQL database", .timeLimit(.minutes(10)))
struct PostgreSQLCountingTests {
    @Test("is exact while all add the same frames, whole and partial", arguments: [1, 2, 3] as [UInt64])
    func sameFrames(_ seed: UInt64) async throws {
        try await compare(seed) { stores, frames in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, store) in (stores + stores).enumerated() {
                    group.addTask { try await add(frames, to: store, seed: seed + UInt64(number)) }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("is exact while each adds frames of its own, of the same journals", arguments: [4, 5, 6] as [UInt64])
    func differentFrames(_ seed: UInt64) async throws {
        try await compare(seed) { stores, frames in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, store) in stores.enumerated() {
                    // All versions of one frame go to one store.
                    let own = frames.filter { Int($0.id.number) % stores.count == number }
                    group.addTask { try await add(own, to: store, seed: seed + UInt64(number)) }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("is exact while connections are ended all the time", arguments: [7, 8] as [UInt64])
    func lostConnections(_ seed: UInt64) async throws {
        try await compare(seed, isDisturbed: true) { stores, frames in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, store) in (stores + stores).enumerated() {
                    group.addTask { try await add(frames, to: store, seed: seed + UInt64(number)) }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("keeps a link to so many values, whoever adds which")
    func valuesLimit() async throws {
        try await withStores { stores in
            try await stores[0].insertLinks("a")
            _ = try await together(stores, times: 20) { store, number in
                var counts = LinkCounts(buckets: [bucket(0): Tally(people: 10)])
                for value in 0..<10 {
                    let key = DimensionKey(bucket: bucket(0), dimension: .referrer, value: "v\(number * 7 + value)")
                    counts.values[key] = Tally(people: 1)
                }
                return try await store.add([CountedFrame(Int64(number) + 1, link: "a", counts)], at: midnight)
            }
            let found = try await stores[0].values(.all(), dimension: .referrer, traffic: .all, limit: 1_000)
            #expect(found.count == StoreLimits.valuesPerBucket + 1)
            #expect(found.reduce(0) { $0 + $1.tally.people } == 600)
            #expect(try await stores[0].clicks("a") == 600)
        }
    }

    @Test("makes each journal's sum once, while it is folded by all and spoken of again")
    func folding() async throws {
        try await withStores { stores in
            let account = JournalAccount(answered: 3, recorded: 3, published: 3, publishedThrough: 1)
            for number in 0..<150 {
                let extent = JournalExtent(journal: "j\(number)", frame: 1)
                let words = JournalAnnouncement(extent: extent, time: midnight, isLast: true, account: account)
                try await stores[0].announce(words, at: midnight)
                _ = try await stores[0].add([CountedFrame(1, of: "j\(number)", people: ["x": 3])], at: midnight)
            }
            let later = midnight.advanced(by: .seconds(1))
            let folded = try await together(stores, times: 3) { store, _ in
                try await store.foldJournals(finishedBefore: later, silentBefore: midnight)
            }
            #expect(folded.reduce(0, +) == 150)
            let ledgers = try await stores[1].journalLedgers()
            #expect(ledgers.map(\.journal) == [JournalLedger.folded])
            #expect(ledgers.first?.account?.recorded == 450 && ledgers.first?.orphaned == 450)
        }
    }

    // MARK: Comparing

    private static let journals = ["j1", "j2", "j3"]
    private static let codes = (0..<12).map { "c\($0)" }

    /// Adds frames in three stores by `body`, and in memory, and compares all that is counted.
    private func compare(
        _ seed: UInt64, isDisturbed: Bool = false, _ body: ([PostgreSQLStore], [CountedFrame]) async throws -> Void
    ) async throws {
        var random = SplitMix(state: seed)
        let frames = try (1...60).flatMap { number in
            try Self.journals.flatMap { try versions(Int64(number), of: $0, &random) }
        }
        let memory = MemoryStore()
        for text in Self.codes { try await memory.insertLinks(text) }
        for frame in frames { _ = await memory.add([frame], at: midnight) }
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { first in
                try await database.withStore { second in
                    try await database.withStore { third in
                        for text in Self.codes { try await first.insertLinks(text) }
                        for journal in Self.journals { try await first.announce(last(60, of: journal), at: midnight) }
                        let disturber = isDisturbed ? Task { try await database.endConnectionsForEver() } : nil
                        let result = await Result { try await body([first, second, third], frames) }
                        disturber?.cancel()
                        _ = await disturber?.result
                        try result.get()
                        try await expectEqual(first, memory)
                    }
                }
            }
        }
    }

    private func last(_ frame: Int64, of journal: String) -> JournalAnnouncement {
        JournalAnnouncement(extent: JournalExtent(journal: journal, frame: frame), time: midnight)
    }

    /// One frame, sometimes with its beginnings before it.
    private func versions(_ number: Int64, of journal: String, _ random: inout SplitMix) throws -> [CountedFrame] {
        let clicks = (0..<Int.random(in: 1...12, using: &random)).map { _ in Clicked(&random, Self.codes) }
        let isOpen = Int.random(in: 0..<3, using: &random) == 0
        let beginnings = isOpen ? [clicks.count / 3, clicks.count / 2].filter { $0 > 0 } : []
        let id = FrameID(journal: journal, number: number)
        return try beginnings.map { try Clicked.frame(id, Array(clicks.prefix($0)), isPartial: true) }
            + [try Clicked.frame(id, clicks, isPartial: false)]
    }

    private func add(_ frames: [CountedFrame], to store: PostgreSQLStore, seed: UInt64) async throws {
        var random = SplitMix(state: seed)
        var rest = frames.shuffled(using: &random)[...]
        while !rest.isEmpty {
            let next = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
            rest = rest.dropFirst(next.count)
            // As the worker does: what cannot be added now is added later, be it added or not.
            while true {
                do {
                    _ = try await store.add(next, at: midnight)
                    break
                } catch StoreError.unavailable {
                    continue
                }
            }
        }
    }

    private func expectEqual(_ store: PostgreSQLStore, _ memory: MemoryStore) async throws {
        let epoch = Timestamp(milliseconds: 0)
        #expect(
            try await store.countedThrough(silentSince: epoch, abandonedSince: epoch, replacedSince: epoch) == midnight)
        let (ledgers, expected) = (try await store.journalLedgers(), await memory.journalLedgers())
        #expect(ledgers.map(\.journal) == expected.map(\.journal))
        #expect(ledgers.map(\.counted) == expected.map(\.counted))
        #expect(ledgers.map(\.orphaned) == expected.map(\.orphaned))
        #expect(ledgers.map(\.held) == Self.journals.map { _ in [1...60] })
        for text in Self.codes.map(Optional.some) + [nil] {
            let range = StatsRange.all(try text.map { try code($0) })
            #expect(try await store.buckets(range) == memory.buckets(range))
            #expect(try await store.visitors(range) == memory.visitors(range))
            for dimension in Dimension.allCases {
                #expect(
                    try await store.values(range, dimension: dimension, traffic: .all, limit: 1_000)
                        == memory.values(range, dimension: dimension, traffic: .all, limit: 1_000))
            }
        }
        #expect(
            try await store.topLinks(.all(), traffic: .people, limit: 99)
                == memory.topLinks(.all(), traffic: .people, limit: 99))
        let periods = await memory.claimDueReports(limit: 999, at: midnight, until: midnight).map(\.period)
        let due = try await store.claimDueReports(limit: 999, at: midnight, until: midnight).map(\.period)
        #expect(due == periods)
        for period in periods {
            let (lines, expected) = (
                try await store.reportLines(period, after: nil, limit: 99),
                await memory.reportLines(period, after: nil, limit: 99)
            )
            #expect(lines == expected)
        }
    }
}

/// One click as it is counted.
private struct Clicked: Sendable {
    let code: String
    let bucket: TimeBucket
    let isPerson: Bool
    let visitor: UInt64
    let values: [Dimension: String]

    init(_ random: inout SplitMix, _ codes: [String]) {
        // Some codes are no links.
        code = (codes + ["none"]).randomElement(using: &random) ?? ""
        bucket = ShrinkrStoreTests.bucket(.random(in: 0..<200, using: &random))
        isPerson = Int.random(in: 0..<4, using: &random) > 0
        visitor = .random(in: 0..<40, using: &random)
        let (referrer, os) = (Int.random(in: 0..<9, using: &random), Int.random(in: 0..<3, using: &random))
        values = [.referrer: "r\(referrer)", .os: "o\(os)"]
    }

    private var counts: LinkCounts {
        let tally = Tally(people: isPerson ? 1 : 0, bots: isPerson ? 0 : 1)
        var counts = LinkCounts(buckets: [bucket: tally])
        for (dimension, value) in values {
            counts.values[DimensionKey(bucket: bucket, dimension: dimension, value: value)] = tally
        }
        if isPerson {
            counts.visitors[bucket.hour] = [VisitorHash(bits: visitor)]
        }
        return counts
    }

    private static func counts(_ clicks: ArraySlice<Clicked>) -> [ShortCode: LinkCounts] {
        var all: [ShortCode: LinkCounts] = [:]
        for click in clicks {
            guard let code = ShortCode(click.code) else { continue }
            all[code, default: LinkCounts()].merge(click.counts)
        }
        return all
    }

    static func frame(_ id: FrameID, _ clicks: [Clicked], isPartial: Bool) throws -> CountedFrame {
        CountedFrame(
            id: id, counts: counts(clicks[...]), clicks: clicks.count, isPartial: isPartial,
            countsBehind: { counts(clicks.dropFirst($0)) })
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
#endif
