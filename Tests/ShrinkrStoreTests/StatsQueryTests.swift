import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@Suite struct StatsQueryTests {
    @Test(arguments: StoreKind.allCases)
    func bucketsAddUpInOrderWithinTheRange(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            let link = LinkCounts(buckets: [
                bucket(0): Tally(people: 1, bots: 2), bucket(7): Tally(people: 3), bucket(9): Tally(bots: 4),
            ])
            _ = try await store.add([CountedFrame(1, link: "a", link), CountedFrame(2, link: "b", link)], at: midnight)
            _ = try await store.add([CountedFrame(3, people: ["a": 5], in: bucket(7))], at: midnight)
            let range = bucket(1)..<bucket(9)
            #expect(
                try await store.buckets(StatsRange(code: try code("a"), buckets: range))
                    == [BucketTally(bucket: bucket(7), tally: Tally(people: 8))])
            #expect(
                try await store.buckets(.all()) == [
                    BucketTally(bucket: bucket(0), tally: Tally(people: 2, bots: 4)),
                    BucketTally(bucket: bucket(7), tally: Tally(people: 11)),
                    BucketTally(bucket: bucket(9), tally: Tally(bots: 8)),
                ])
            #expect(try await store.buckets(StatsRange(code: nil, buckets: bucket(7)..<bucket(7))).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func valuesAddUpMostFirst(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            let link = try values([
                (0, .browser, "Firefox", Tally(people: 2)), (1, .browser, "Firefox", Tally(bots: 3)),
                (0, .browser, "Chrome", Tally(people: 7)), (0, .browser, "b", Tally(people: 5)),
                (0, .os, "Linux", Tally(people: 12)), (50, .browser, "Late", Tally(people: 99)),
            ])
            _ = try await store.add([CountedFrame(1, link: "a", link), CountedFrame(2, link: "b", link)], at: midnight)
            let range = StatsRange(code: try code("a"), buckets: bucket(0)..<bucket(50))
            let expected = [
                ValueTally(value: "Chrome", tally: Tally(people: 7)),
                ValueTally(value: "Firefox", tally: Tally(people: 2, bots: 3)),
                ValueTally(value: "b", tally: Tally(people: 5)),
            ]
            #expect(try await store.values(range, dimension: .browser, traffic: .all, limit: 9) == expected)
            #expect(
                try await store.values(range, dimension: .browser, traffic: .all, limit: 2) == Array(expected.prefix(2))
            )
            #expect(
                try await store.values(
                    StatsRange(code: nil, buckets: range.buckets), dimension: .os, traffic: .all, limit: 9)
                    == [ValueTally(value: "Linux", tally: Tally(people: 24))])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func topLinksHaveMostClicks(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c", "d")
            let frames = try [
                CountedFrame(1, people: ["a": 1, "b": 3, "c": 3]), CountedFrame(2, people: ["d": 9], in: bucket(9)),
                CountedFrame(3, link: "a", LinkCounts(buckets: [bucket(2): Tally(bots: 4)])),
            ]
            _ = try await store.add(frames, at: midnight)
            let range = StatsRange(code: nil, buckets: bucket(0)..<bucket(9))
            #expect(
                try await store.topLinks(range, traffic: .all, limit: 9) == [
                    LinkTally(code: try code("a"), tally: Tally(people: 1, bots: 4)),
                    LinkTally(code: try code("b"), tally: Tally(people: 3)),
                    LinkTally(code: try code("c"), tally: Tally(people: 3)),
                ])
            #expect(try await store.topLinks(range, traffic: .all, limit: 1).map(\.code.text) == ["a"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func trafficDecidesOrderAndCut(_ kind: StoreKind) async throws {
        let tallies = [
            ("a", Tally(people: 1, bots: 90)), ("b", Tally(people: 5, bots: 5)), ("c", Tally(people: 7)),
            ("d", Tally(bots: 5)),
        ]
        let expected: [(Traffic, [(String, Tally)])] = [
            (.all, [tallies[0], tallies[1], tallies[2], tallies[3]]),
            (.people, [("c", Tally(people: 7)), ("b", Tally(people: 5)), ("a", Tally(people: 1))]),
            (.bots, [("a", Tally(bots: 90)), ("b", Tally(bots: 5)), ("d", Tally(bots: 5))]),
        ]
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c", "d")
            for (number, (text, tally)) in tallies.enumerated() {
                var link = try values([(0, .browser, text, tally)])
                link.buckets = [bucket(0): tally]
                _ = try await store.add([CountedFrame(Int64(number) + 1, link: text, link)], at: midnight)
            }
            for (traffic, rows) in expected {
                let links = try rows.map { LinkTally(code: try code($0), tally: $1) }
                let values = rows.map { ValueTally(value: $0, tally: $1) }
                for limit in [0, 2, 9] {
                    #expect(
                        try await store.topLinks(.all(), traffic: traffic, limit: limit) == Array(links.prefix(limit)))
                    #expect(
                        try await store.values(.all(), dimension: .browser, traffic: traffic, limit: limit)
                            == Array(values.prefix(limit)))
                }
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func valuesPastTheLimitAreOther(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            func frame(_ number: Int64, _ range: Range<Int>, link: String = "a", in bucket: Int64 = 0) throws
                -> CountedFrame
            {
                let values = try values(range.map { (bucket, .referrer, "v\($0)", Tally(people: 1)) })
                return try CountedFrame(number, link: link, values)
            }
            // Nearly full in the first call, over the limit in the second, known and new ones mixed in the third.
            for next in try [frame(1, 0..<90), frame(2, 85..<150), frame(3, 0..<200)] {
                _ = try await store.add([next], at: midnight)
            }
            let found = try await store.values(.all(try code("a")), dimension: .referrer, traffic: .all, limit: 1_000)
            #expect(found.count == StoreLimits.valuesPerBucket + 1)
            #expect(found.reduce(0) { $0 + $1.tally.people } == 90 + 65 + 200)
            let known = found.filter { $0.value != StoreLimits.otherValue }
            #expect(Set((0..<90).map { "v\($0)" }).isSubset(of: known.map(\.value)))
            // Other links and other buckets have places of their own.
            _ = try await store.add([frame(4, 0..<100, link: "b"), frame(5, 300..<400, in: 1)], at: midnight)
            let other = StatsRange(code: try code("a"), buckets: bucket(1)..<bucket(2))
            #expect(try await store.values(other, dimension: .referrer, traffic: .all, limit: 1_000).count == 100)
            #expect(
                try await store.values(.all(try code("b")), dimension: .referrer, traffic: .all, limit: 1_000).count
                    == 100)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func longValuesAreCutBetweenScalars(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let fits = String(repeating: "x", count: 253)
            let twoBytes = String(repeating: "x", count: 252) + "üü"
            let link = try values([
                (0, .referrer, fits, Tally(people: 1)), (0, .referrer, fits + "y", Tally(people: 2)),
                (0, .referrer, fits + "z", Tally(people: 4)), (0, .referrer, twoBytes, Tally(people: 8)),
            ])
            _ = try await store.add([CountedFrame(1, link: "a", link)], at: midnight)
            #expect(
                try await store.values(.all(try code("a")), dimension: .referrer, traffic: .all, limit: 9) == [
                    ValueTally(value: String(repeating: "x", count: 252), tally: Tally(people: 8)),
                    ValueTally(value: fits, tally: Tally(people: 7)),
                ])
        }
    }

    private func values(_ list: [(Int64, Dimension, String, Tally)]) throws -> LinkCounts {
        var counts = LinkCounts()
        for (number, dimension, value, tally) in list {
            counts.values[DimensionKey(bucket: bucket(number), dimension: dimension, value: value)] = tally
        }
        return counts
    }
}
