import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkVisitTests {
    @Test(arguments: StoreKind.allCases)
    func exactlyTheLimitIsTaken(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.maximumVisits = 37 })
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    group.addTask { try await store.takeVisit(try code("a"), at: midnight) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 37)
            let link = try #require(try await store.link(try code("a")))
            #expect(link.visitsUsed == 37)
            #expect(link.visitsLeft == 0)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func visitChangesNeitherVersionNorFeed(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.maximumVisits = 2 })
            let position = try await store.settled().latestChange()
            #expect(try await store.takeVisit(try code("a"), at: midnight.advanced(by: .seconds(5))))
            let link = try #require(try await store.link(try code("a")))
            #expect(link.visitsUsed == 1)
            #expect(link.version == 1)
            #expect(link.updatedAt == midnight)
            #expect(try await store.settled().changes(after: position, limit: 9).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func onlyALinkThatCanBeFollowedGivesVisits(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let (start, end) = (midnight.advanced(by: .seconds(10)), midnight.advanced(by: .seconds(20)))
            try await store.insert(NewLink("off") { ($0.maximumVisits, $0.enabled) = (9, false) })
            try await store.insert(
                NewLink("window") { ($0.maximumVisits, $0.startsAt, $0.expiresAt) = (9, start, end) })
            try await store.insert(NewLink("deleted") { $0.maximumVisits = 9 })
            _ = try await store.delete(try code("deleted"), ifVersion: nil, at: midnight)
            #expect(try await store.takeVisit(try code("off"), at: midnight) == false)
            #expect(try await store.takeVisit(try code("deleted"), at: midnight) == false)
            #expect(try await store.takeVisit(try code("unknown"), at: midnight) == false)
            let moments = [start.advanced(by: .milliseconds(-1)), start, end.advanced(by: .milliseconds(-1)), end]
            var taken: [Bool] = []
            for moment in moments { taken.append(try await store.takeVisit(try code("window"), at: moment)) }
            #expect(taken == [false, true, true, false])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func linkWithoutLimitHasNoVisitsToTake(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            #expect(try await store.takeVisit(try code("a"), at: midnight) == false)
            #expect(try await store.link(try code("a"))?.visitsUsed == 0)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func raisedLimitKeepsWhatWasUsed(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.maximumVisits = 1 })
            #expect(try await store.takeVisit(try code("a"), at: midnight))
            _ = try await store.update(try code("a"), ifVersion: nil, at: midnight) { link in
                var settings = link.settings
                settings.maximumVisits = 2
                return settings
            }
            #expect(try await store.takeVisit(try code("a"), at: midnight))
            #expect(try await store.takeVisit(try code("a"), at: midnight) == false)
        }
    }
}
