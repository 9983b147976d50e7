import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

/// Compares with counts that are added up click by click.
@Suite("Counts of several frames as one")
struct MergedCountsTests {
    /// One click, with texts for all that it counts as.
    private struct Sample {
        let code: ShortCode
        let bucket: TimeBucket
        let isBot: Bool
        let values: [FrameCounts.Value]
        let visitor: VisitorHash?
    }

    @Test("are those of all clicks, whatever numbers messages give their names", arguments: 1...20)
    func sums(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let samples = try Self.samples(3_000, &random)
        let merged = MergedCounts(Self.frames(of: samples, &random))
        let expected = Self.counts(samples)
        #expect(merged.links == expected)
        #expect(merged.codes.map(\.text) == expected.keys.map(\.text).sorted())
        for (place, next) in zip(merged.places, merged.places.dropFirst()) {
            #expect((place.bucket.index, place.link) < (next.bucket.index, next.link))
        }
        for place in merged.places {
            let values = merged.values[place.values]
            for (value, next) in zip(values, values.dropFirst()) {
                #expect((value.dimension.rawValue, value.text) < (next.dimension.rawValue, next.text))
            }
        }
        let visits = merged.visitors
        for (visit, next) in zip(visits, visits.dropFirst()) {
            #expect((visit.code.text, visit.hour) < (next.code.text, next.hour))
        }
        let isAdded = merged.codes.map { $0.text != "l0" }
        let periods = expected.filter { $0.key.text != "l0" }.values.reduce(into: Set()) { $0.formUnion($1.periods) }
        #expect(merged.periods(where: isAdded) == periods)
    }

    @Test("are what a store adds, in flushes of any size", arguments: StoreKind.allCases)
    func stores(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7")
            var random = SplitMix(state: 42)
            let samples = try Self.samples(2_000, &random)
            var frames = Self.frames(of: samples, &random)[...]
            while !frames.isEmpty {
                let size = Int.random(in: 1...20, using: &random)
                let outcome = try await store.add(Array(frames.prefix(size)), at: midnight)
                #expect(outcome.counted + outcome.orphaned == frames.prefix(size).reduce(0) { $0 + $1.clicks })
                frames = frames.dropFirst(size)
            }
            for (code, counts) in Self.counts(samples) where code.text != "l8" && code.text != "l9" {
                let buckets = counts.buckets.sorted { $0.key < $1.key }
                    .map { BucketTally(bucket: $0.key, tally: $0.value) }
                #expect(try await store.buckets(.all(code)) == buckets)
                for dimension in Dimension.allCases {
                    var tallies: [String: Tally] = [:]
                    for (key, tally) in counts.values where key.dimension == dimension {
                        tallies[key.value, default: Tally()] = tallies[key.value, default: Tally()] + tally
                    }
                    let stored = try await store.values(.all(code), dimension: dimension, traffic: .all, limit: 1_000)
                    #expect(Dictionary(uniqueKeysWithValues: stored.map { ($0.value, $0.tally) }) == tallies)
                }
                let visitors = counts.visitors.values.reduce(into: Set()) { $0.formUnion($1) }
                #expect(try await store.visitors(.all(code)).number == visitors.count)
            }
        }
    }

    /// Clicks of ten links in a few buckets of one day, some of a link and value more often than others.
    private static func samples(_ count: Int, _ random: inout SplitMix) throws -> [Sample] {
        try (0..<count).map { _ in
            let people = UInt64.random(in: 0..<200, using: &random)
            let links = [Int.random(in: 0..<10, using: &random), Int.random(in: 0..<10, using: &random)]
            return Sample(
                code: try code("l\(min(links[0], links[1]))"),
                bucket: bucket(Int64.random(in: 0..<5, using: &random) * 3), isBot: people < 40,
                values: Dimension.allCases.map { dimension in
                    FrameCounts.Value(dimension, "v\(Int.random(in: 0..<10, using: &random) / dimension.rawValue)")
                }, visitor: people < 40 ? nil : VisitorHash(bits: people))
        }
    }

    /// Frames of messages, each of which numbers its names in an order of its own.
    private static func frames(of samples: [Sample], _ random: inout SplitMix) -> [CountedFrame] {
        var frames: [CountedFrame] = []
        var rest = samples[...]
        while !rest.isEmpty {
            let message = Array(rest.prefix(Int.random(in: 1...300, using: &random)))
            rest = rest.dropFirst(message.count)
            let names = FrameCounts.Names(
                codes: Set(message.map(\.code)).shuffled(using: &random),
                values: Set(message.flatMap(\.values)).shuffled(using: &random))
            var clicks = message[...]
            while !clicks.isEmpty {
                let frame = clicks.prefix(Int.random(in: 1...100, using: &random))
                clicks = clicks.dropFirst(frame.count)
                let content = content(frame, names)
                frames.append(
                    CountedFrame(
                        id: FrameID(journal: "j", number: Int64(frames.count + 1)), content: content,
                        clicks: frame.count,
                        contentBehind: { _ in content }))
            }
        }
        return frames
    }

    private static func content(_ clicks: ArraySlice<Sample>, _ names: FrameCounts.Names) -> FrameCounts {
        let links = Dictionary(uniqueKeysWithValues: zip(names.codes, 0 as Int32..<Int32(names.codes.count)))
        let values = Dictionary(uniqueKeysWithValues: zip(names.values, 1...Int32(names.values.count)))
        var counts = FrameCounts(names)
        for click in clicks {
            guard let link = links[click.code] else { continue }
            for value in [0] + click.values.compactMap({ values[$0] }) {
                counts.entries.append(
                    .init(link: link, value: value, bucket: click.bucket, clicks: 1, isBot: click.isBot))
            }
            if let visitor = click.visitor {
                counts.visits.append(.init(link: link, hour: click.bucket.hour, visitor: visitor))
            }
        }
        return counts
    }

    private static func counts(_ samples: [Sample]) -> [ShortCode: LinkCounts] {
        var counts: [ShortCode: LinkCounts] = [:]
        for click in samples {
            let tally = click.isBot ? Tally(bots: 1) : Tally(people: 1)
            var one = LinkCounts(buckets: [click.bucket: tally])
            for value in click.values {
                one.values[DimensionKey(bucket: click.bucket, dimension: value.dimension, value: value.text)] = tally
            }
            if let visitor = click.visitor { one.visitors[click.bucket.hour] = [visitor] }
            counts[click.code, default: LinkCounts()].merge(one)
        }
        return counts
    }
}
