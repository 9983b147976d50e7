import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@Suite struct ReportLineTests {
    @Test(arguments: StoreKind.allCases)
    func linesHoldThePeriodAndNothingElse(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            var counts = LinkCounts(buckets: [
                bucket(3): Tally(people: 1), bucket(4): Tally(people: 2, bots: 3), bucket(7): Tally(people: 4),
                bucket(8): Tally(people: 5), bucket(96): Tally(people: 6),
            ])
            for (number, value, clicks) in [(4, "x", 1), (7, "y", 2), (7, "x", 2), (8, "z", 9)] {
                counts.values[DimensionKey(bucket: bucket(Int64(number)), dimension: .country, value: value)] =
                    Tally(people: clicks)
            }
            counts.see(1, hours: [1, 2])
            counts.see(2, hours: [2])
            counts.see(3, day: today + 1, hours: [0])
            _ = try await store.add([CountedFrame(1, link: "a", counts)], at: midnight)

            let hour = ReportLine(
                code: try code("a"), tally: Tally(people: 6, bots: 3), visitors: 1,
                values: [.country: [tally("x", 3), tally("y", 2)]])
            let day = ReportLine(
                code: try code("a"), tally: Tally(people: 12, bots: 3), visitors: 2,
                values: [.country: [tally("z", 9), tally("x", 3), tally("y", 2)]])
            #expect(try await lines(store, .hourly, today * 24 + 1) == [hour])
            #expect(try await lines(store, .daily, today) == [day])
            #expect(try await lines(store, .hourly, today * 24 + 5).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func hoursOfAVisitorAddUpOverFrames(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            for (number, hour) in [(1, 3), (2, 3), (3, 4)] {
                var counts = LinkCounts(buckets: [bucket(Int64(hour) * 4): Tally(people: 1)])
                counts.see(1, hours: [hour])
                _ = try await store.add([CountedFrame(Int64(number), link: "a", counts)], at: midnight)
            }
            #expect(try await lines(store, .hourly, today * 24 + 3).map(\.visitors) == [1])
            #expect(try await lines(store, .hourly, today * 24 + 4).map(\.visitors) == [1])
            #expect(try await lines(store, .daily, today).map(\.visitors) == [1])
        }
    }

    @Test(arguments: StoreKind.allCases, [1, 2, 3, 100])
    func pagesGoThroughAllCodesInOrder(_ kind: StoreKind, _ limit: Int) async throws {
        try await kind.withStore { store in
            let codes = ["-", "0", "B", "_", "a", "aa", "c"]
            for text in codes.shuffled() { try await store.insertLinks(text) }
            // Spread over the day, so that each bucket has only some of the codes.
            let frames = try codes.enumerated().map { number, text in
                try CountedFrame(
                    Int64(number + 1), people: text == "a" ? ["a": 1] : [text: 1, "a": 1],
                    in: bucket(Int64(number) * 13))
            }
            _ = try await store.add(frames, at: midnight)
            var found: [ReportLine] = []
            while found.count <= codes.count {
                let page = try await lines(store, .daily, today, after: found.last?.code, limit: limit)
                found += page
                if page.count < limit { break }
            }
            #expect(found.map(\.code.text) == codes)
            #expect(found.first { $0.code.text == "a" }?.tally == Tally(people: 7))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func lineKeepsTheValuesWithMostClicks(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            var counts = LinkCounts()
            for number in 0..<150 {
                let key = DimensionKey(bucket: bucket(Int64(number % 2)), dimension: .referrer, value: "v\(number)")
                counts.values[key] = Tally(people: number + 1)
                counts.buckets[key.bucket] = (counts.buckets[key.bucket] ?? Tally()) + Tally(people: number + 1)
            }
            _ = try await store.add([CountedFrame(1, link: "a", counts)], at: midnight)
            let line = try #require(try await lines(store, .hourly, today * 24).first)
            let values = try #require(line.values[.referrer])
            #expect(values.map(\.value) == (51..<150).reversed().map { "v\($0)" } + [StoreLimits.otherValue])
            #expect(values.reduce(Tally()) { $0 + $1.tally } == line.tally, "nothing is cut off silently")
            #expect(line.values.keys.count == 1)
        }
    }

    private func lines(
        _ store: any ReportStore, _ kind: ReportPeriod.Kind, _ index: Int64, after code: ShortCode? = nil,
        limit: Int = 9
    ) async throws -> [ReportLine] {
        try await store.reportLines(ReportPeriod(kind: kind, index: index), after: code, limit: limit)
    }

    private func tally(_ value: String, _ people: Int) -> ValueTally {
        ValueTally(value: value, tally: Tally(people: people))
    }
}
