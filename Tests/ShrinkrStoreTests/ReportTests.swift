import ShrinkrBase
import ShrinkrStore
import Testing

@Suite struct ReportTests {
    private static let hour = ReportPeriod(kind: .hourly, index: today * 24)
    private static let day = ReportPeriod(kind: .daily, index: today)
    private static let claimEnd = midnight.advanced(by: .seconds(60))

    @Test(arguments: StoreKind.allCases)
    func everyChangedPeriodIsDueOldestFirst(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            _ = try await store.add([CountedFrame(1, people: ["a": 1], in: bucket(97))], at: midnight)
            _ = try await store.add([CountedFrame(2, people: ["a": 1], in: bucket(7))], at: midnight)
            let due = try await claim(store)
            #expect(
                due.map(\.period) == [
                    Self.day, ReportPeriod(kind: .hourly, index: today * 24 + 1),
                    ReportPeriod(kind: .hourly, index: today * 24 + 24), ReportPeriod(kind: .daily, index: today + 1),
                ])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func claimedPeriodsArePassedOverUntilTheClaimEnds(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await makeDue(store, frame: 1)
            let first = try await claim(store, limit: 1)
            let second = try await claim(store)
            #expect(first.map(\.period) == [Self.hour])
            #expect(second.map(\.period) == [Self.day])
            #expect(try await claim(store, at: Self.claimEnd.advanced(by: .milliseconds(-1))).isEmpty)
            #expect(try await claim(store, at: Self.claimEnd).map(\.period) == [Self.hour, Self.day])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func concurrentClaimsShareNothing(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let frames = try (0..<48).map { try CountedFrame($0 + 1, people: ["a": 1], in: bucket($0 * 4)) }
            _ = try await store.add(frames, at: midnight)
            let claimed = try await withThrowingTaskGroup(of: [DueReport].self) { group in
                for _ in 0..<20 { group.addTask { try await claim(store, limit: 3) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 48 + 2)
            #expect(Set(claimed).count == 48 + 2)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func finishedPeriodIsDueAgainAfterTheNextChange(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await makeDue(store, frame: 1)
            let first = try await claim(store)
            for report in first { try await store.finishReport(report) }
            #expect(try await claim(store, at: Self.claimEnd).isEmpty)
            // A frame that is known already changes nothing.
            _ = try await store.add([CountedFrame(1, people: ["a": 1])], at: midnight)
            #expect(try await claim(store, at: Self.claimEnd).isEmpty)
            try await makeDue(store, frame: 2)
            let again = try await claim(store)
            #expect(again.map(\.period) == [Self.hour, Self.day])
            #expect(zip(first, again).allSatisfy { $0.generation < $1.generation })
        }
    }

    @Test(arguments: StoreKind.allCases)
    func periodThatChangesWhileClaimedStaysDue(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await makeDue(store, frame: 1)
            let report = try #require(try await claim(store, limit: 1).first)
            try await makeDue(store, frame: 2)
            #expect(try await claim(store).map(\.period) == [Self.day])
            try await store.finishReport(report)
            let again = try await claim(store)
            #expect(again.map(\.period) == [Self.hour])
            #expect(again.allSatisfy { $0.generation > report.generation })
        }
    }

    @Test(arguments: StoreKind.allCases)
    func abandonedPeriodIsDueAtOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await makeDue(store, frame: 1)
            let due = try await claim(store)
            for report in due { try await store.abandonReport(report) }
            #expect(try await claim(store) == due)
        }
    }

    /// Somebody whose claim ran out may write his old report over a newer one, so it has to be written once more.
    @Test(arguments: StoreKind.allCases)
    func olderReportThatIsFinishedLateIsMadeUpFor(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await makeDue(store, frame: 1)
            let old = try await claim(store)
            try await makeDue(store, frame: 2)
            let new = try await claim(store, at: Self.claimEnd)
            for report in new { try await store.finishReport(report) }
            #expect(try await claim(store, at: Self.claimEnd).isEmpty)
            for report in old { try await store.finishReport(report) }
            #expect(try await claim(store, at: Self.claimEnd).map(\.period) == [Self.hour, Self.day])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func lateFinishDoesNotEndTheClaimOfAnother(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await makeDue(store, frame: 1)
            let old = try #require(try await claim(store, limit: 1).first)
            try await makeDue(store, frame: 2)
            _ = try await claim(store, at: Self.claimEnd, until: Self.claimEnd.advanced(by: .seconds(60)))
            try await store.finishReport(old)
            try await store.abandonReport(old)
            #expect(try await claim(store, at: Self.claimEnd).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func unknownPeriodIsNotDue(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.finishReport(DueReport(period: Self.day, generation: 1))
            try await store.abandonReport(DueReport(period: Self.day, generation: 1))
            #expect(try await claim(store).isEmpty)
            #expect(try await store.reportLines(Self.day, after: nil, limit: 9).isEmpty)
        }
    }

    private func makeDue(_ store: any Store, frame: Int64) async throws {
        if frame == 1 { try await store.insertLinks("a") }
        _ = try await store.add([CountedFrame(frame, people: ["a": 1])], at: midnight)
    }

    private func claim(
        _ store: any ReportStore, limit: Int = 100, at now: Timestamp = midnight, until claimEnd: Timestamp = claimEnd
    ) async throws -> [DueReport] {
        try await store.claimDueReports(limit: limit, at: now, until: claimEnd)
    }
}
