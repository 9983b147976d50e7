import ShrinkrCore
import ShrinkrStore
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
            ] {
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

    /// More visitors than one transaction of the SQLite store deletes, and days to keep and to forget.
    @Test(arguments: StoreKind.allCases)
    func manyVisitorsAreForgotten(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            let crowd = (UInt64(0)..<5_001).map { (today, $0, [0]) }
            let frames = try [
                frame(1, "a", crowd), frame(2, "b", crowd), frame(3, "a", [(today - 9, 1, [0]), (today + 1, 1, [0])]),
            ]
            _ = try await store.add(frames, at: midnight)
            #expect(try await store.forgetVisitors(beforeDay: today + 1) == 10_003)
            #expect(try await store.forgetVisitors(beforeDay: today + 1) == 0)
            #expect(try await store.visitors(.all(try code("a"))) == 5_002)
            #expect(try await store.forgetVisitors(beforeDay: .max) == 1)
        }
    }

    /// A frame with one click of each visitor in each of its hours.
    private func frame(
        _ number: Int64, _ text: String, _ visitors: [(day: Int64, visitor: UInt64, hours: [Int])]
    ) throws -> CountedFrame {
        var counts = LinkCounts()
        for (day, visitor, hours) in visitors {
            counts.visitors[VisitorKey(day: day, visitor: VisitorHash(bits: visitor))] =
                HourSet(hours.map { HourSet(hour: $0) })
            for hour in hours {
                let bucket = bucket((day - today) * 96 + Int64(hour) * 4)
                counts.buckets[bucket] = (counts.buckets[bucket] ?? Tally()) + Tally(people: 1)
            }
        }
        return try CountedFrame(number, link: text, counts)
    }
}
