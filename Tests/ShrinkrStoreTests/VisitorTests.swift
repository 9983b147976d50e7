import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@Suite struct VisitorTests {
    @Test(arguments: StoreKind.allCases)
    func visitorCountsOncePerDayAndLink(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            let frames = try [
                frame(1, "a", [(today, 1, [0]), (today, 2, [3]), (today + 1, 1, [0])]),
                frame(2, "a", [(today, 1, [0, 5])]), frame(3, "b", [(today, 1, [0]), (today, .max, [1])]),
            ]
            for frame in frames { _ = try await store.add([frame], at: midnight) }
            #expect(try await store.visitors(.all(try code("a"))) == 3)
            #expect(try await store.visitors(.all(try code("b"))) == 2)
            // Of all links, somebody who followed two of them on one day is one visitor.
            #expect(try await store.visitors(.all()) == 4)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func everyDayThatTheRangeTouchesCounts(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let days = try (0..<4).map { try frame($0 + 1, "a", [(today + $0, 1, [0])]) }
            _ = try await store.add(days, at: midnight)
            for (range, visitors) in [
                (bucket(0)..<bucket(96), 1), (bucket(95)..<bucket(97), 2), (bucket(96)..<bucket(97), 1),
                (bucket(-1)..<bucket(1), 1), (bucket(5)..<bucket(5), 0), (bucket(0)..<bucket(384), 4),
            ] as [(Range<TimeBucket>, VisitorCount)] {
                #expect(try await store.visitors(StatsRange(code: try code("a"), buckets: range)) == visitors)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func numbersStayWhenVisitorsAreForgotten(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let both = try frame(1, "a", [(today, 1, [0]), (today, 2, [0]), (today + 1, 1, [0]), (today + 1, 2, [0])])
            _ = try await store.add([both], at: midnight)
            #expect(try await store.forgetVisitors(beforeDay: today) == 0)
            #expect(try await store.forgetVisitors(beforeDay: today + 1) == 2)
            #expect(try await store.forgetVisitors(beforeDay: today + 1) == 0)
            #expect(try await store.visitors(.all(try code("a"))) == 4)
            #expect(try await store.visitors(.all()) == 4)
            let hour = ReportPeriod(kind: .hourly, index: today * 24)
            #expect(try await store.reportLines(hour, after: nil, limit: 9).map(\.visitors) == [2])
            // The day that was kept still knows its visitors.
            _ = try await store.add([frame(2, "a", [(today + 1, 1, [0]), (today + 1, 3, [0])])], at: midnight)
            #expect(try await store.visitors(.all(try code("a"))) == 5)
        }
    }

    /// More rows than one transaction packs or forgets, and days to keep and to forget.
    @Test(arguments: StoreKind.allCases)
    func manyAreForgotten(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let days = try (0..<250).map { try frame($0 + 1, "a", [(today - $0, 1, [0, 1, 23])]) }
            _ = try await store.add(days, at: midnight)
            #expect(try await store.forgetVisitors(beforeDay: today) == 2 * 249)
            #expect(try await store.forgetVisitors(beforeDay: today) == 0)
            let all = bucket(-300 * 96)..<bucket(96)
            #expect(try await store.visitors(StatsRange(code: try code("a"), buckets: all)) == 250)
            #expect(try await store.visitors(StatsRange(code: nil, buckets: all)) == 250)
            #expect(try await store.forgetVisitors(beforeDay: .max) == 2)
            #expect(try await store.visitors(StatsRange(code: nil, buckets: all)) == 250)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func packedHoursTakeLateVisitors(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            _ = try await store.add([frame(1, "a", [(today, 1, [0, 1]), (today, 2, [1, 5])])], at: midnight)
            _ = try await store.add([frame(2, "b", [(today, 2, [0])])], at: midnight)
            try await store.packVisitors(beforeHour: today * 24 + 5)
            try await expect(store, [("a", 2), (nil, 2)], hours: [1, 2, 0, 0, 0, 1])
            _ = try await store.add([frame(3, "a", [(today, 1, [0, 2]), (today, 3, [0, 5])])], at: midnight)
            for _ in 0..<2 {
                try await expect(store, [("a", 3), ("b", 1), (nil, 3)], hours: [2, 2, 1, 0, 0, 2])
                try await store.packVisitors(beforeHour: today * 24 + 5)
            }
            _ = try await store.forgetVisitors(beforeDay: today + 1)
            try await expect(store, [("a", 3), ("b", 1), (nil, 3)], hours: [2, 2, 1, 0, 0, 2])
        }
    }

    private func expect(
        _ store: any Store, _ days: [(code: String?, visitors: VisitorCount)], hours: [VisitorCount]
    ) async throws {
        for (text, visitors) in days {
            #expect(try await store.visitors(.all(try text.map { try code($0) })) == visitors)
        }
        for (hour, visitors) in hours.enumerated() {
            let period = ReportPeriod(kind: .hourly, index: today * 24 + Int64(hour))
            let line = try await store.reportLines(period, after: nil, limit: 9).first { $0.code.text == "a" }
            #expect(line?.visitors ?? 0 == visitors)
        }
        let day = ReportPeriod(kind: .daily, index: today)
        let line = try await store.reportLines(day, after: nil, limit: 9).first
        #expect(line?.visitors == days.first?.visitors)
    }

    /// Exactly up to a number, and in every number of parts; more are estimated, and said to be.
    @Test(arguments: StoreKind.allCases)
    func manyVisitorsAreEstimated(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let crowd = (UInt64(0)..<20_000).map { (day: today, visitor: $0, hours: [0]) }
            _ = try await store.add([frame(1, "a", Array(crowd[..<300])), frame(2, "a", [crowd[0]])], at: midnight)
            _ = try await store.add([frame(3, "a", Array(crowd[200..<512]))], at: midnight)
            #expect(try await store.visitors(.all(try code("a"))) == 512)
            for part in 0..<4 {
                let visitors = Array(crowd[part * 5_000..<(part + 1) * 5_000])
                _ = try await store.add([frame(Int64(part) + 4, "a", visitors)], at: midnight)
            }
            for code in [try code("a"), nil] {
                let visitors = try await store.visitors(.all(code))
                #expect(abs(visitors.number - 20_000) < 1_300, "four standard errors")
                #expect(kind == .memory || !visitors.isExact)
            }
            // Once they are forgotten, who comes again may be one of them.
            _ = try await store.forgetVisitors(beforeDay: today + 1)
            _ = try await store.add([frame(8, "a", [crowd[0]])], at: midnight)
            #expect(try await !store.visitors(.all(try code("a"))).isExact)
        }
    }

    /// A frame with one click of each visitor in each of its hours.
    private func frame(
        _ number: Int64, _ text: String, _ visitors: [(day: Int64, visitor: UInt64, hours: [Int])]
    ) throws -> CountedFrame {
        var counts = LinkCounts()
        for (day, visitor, hours) in visitors {
            counts.see(visitor, day: day, hours: hours)
            for hour in hours {
                let bucket = bucket((day - today) * 96 + Int64(hour) * 4)
                counts.buckets[bucket] = (counts.buckets[bucket] ?? Tally()) + Tally(people: 1)
            }
        }
        return try CountedFrame(number, link: text, counts)
    }
}
