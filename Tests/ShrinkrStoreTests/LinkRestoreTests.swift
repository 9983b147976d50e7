import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkRestoreTests {
    private static let (later, last) = (midnight.advanced(by: .seconds(90)), midnight.advanced(by: .seconds(180)))

    private func restore(_ store: any LinkStore, _ text: String, ifVersion versions: [Int]? = nil) async throws
        -> RestoreOutcome
    {
        try await store.restore(try code(text), ifVersion: versions, at: Self.last, completing: nil)
    }

    @Test(arguments: StoreKind.allCases)
    func restoredLinkHasAllThatItHad(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let made = try await store.insert(NewLink("a") { ($0.tags, $0.title, $0.maximumVisits) = (["t"], "T", 5) })
            #expect(try await store.takeVisit(try code("a"), at: midnight))
            _ = try await store.delete(try code("a"), ifVersion: nil, at: Self.later)
            let position = try await store.settled().latestChange()
            var expected = try #require(made.createdLink)
            (expected.visitsUsed, expected.version, expected.updatedAt) = (1, 2, Self.last)
            #expect(try await restore(store, "a") == .done(expected))
            #expect(try await store.link(try code("a")) == expected)
            #expect(try await store.links(LinkQuery(limit: 5, tags: ["t"])).links == [expected])
            #expect(try await store.settled().changes(after: position, limit: 5).map(\.code) == [try code("a")])
            #expect(try await store.takeVisit(try code("a"), at: Self.last))
            let again = try await store.insert(
                NewLink("b", reuse: true) { ($0.tags, $0.title, $0.maximumVisits) = (["t"], "T", 5) })
            #expect(again.reusedLink?.code.text == "a")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func onlyADeletedLinkIsRestored(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("live", "erased", "both")
            _ = try await store.erase(try code("erased"), ifVersion: nil, at: Self.later)
            _ = try await store.delete(try code("both"), ifVersion: nil, at: Self.later)
            _ = try await store.erase(try code("both"), ifVersion: nil, at: Self.later)
            let position = try await store.settled().latestChange()
            #expect(try await restore(store, "live") == .notDeleted)
            #expect(try await restore(store, "never") == .notFound)
            #expect(try await restore(store, "Erased") == .erased)
            #expect(try await restore(store, "erased") == .erased)
            #expect(try await restore(store, "both") == .erased)
            #expect(try await store.settled().changes(after: position, limit: 9).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func otherVersionIsNotRestored(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            _ = try await store.delete(try code("a"), ifVersion: nil, at: Self.later)
            #expect(try await restore(store, "a", ifVersion: [2, 3]) == .versionMismatch)
            #expect(try await store.link(try code("a")) == nil)
            #expect(try await store.erase(try code("a"), ifVersion: [2], at: Self.later) == .versionMismatch)
            guard case .done(let link) = try await restore(store, "a", ifVersion: [7, 1]) else {
                Issue.record("the link was not restored")
                return
            }
            #expect(link.version == 2)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func erasedCodeIsGoneForGood(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            guard case .done = try await store.erase(try code("a"), ifVersion: [1], at: Self.later) else {
                Issue.record("the link was not erased")
                return
            }
            #expect(try await store.link(try code("a")) == nil)
            #expect(try await store.erase(try code("a"), ifVersion: nil, at: Self.later) == .notFound)
            #expect(try await store.delete(try code("a"), ifVersion: nil, at: Self.later) == .notFound)
            #expect(try await store.insert(NewLink("A")) == .taken)
            #expect(try await store.links(LinkQuery(limit: 5, deleted: true)).links.isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func deletedLinksAreListedApart(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for text in ["a", "b", "c", "d"] { try await store.insert(NewLink(text) { $0.tags = ["t"] }) }
            for text in ["a", "b", "d"] { _ = try await store.delete(try code(text), ifVersion: nil, at: Self.later) }
            _ = try await store.erase(try code("b"), ifVersion: nil, at: Self.later)
            let page = try await store.links(LinkQuery(limit: 1, tags: ["t"], deleted: true))
            #expect(page.links.map(\.code.text) == ["d"])
            #expect(page.links.first?.deletedAt == Self.later)
            let next = try await store.links(LinkQuery(limit: 9, after: page.next, deleted: true))
            #expect(next.links.map(\.code.text) == ["a"])
            #expect(try await store.links(LinkQuery(limit: 9)).links.map(\.code.text) == ["c"])
            #expect(try await store.links(LinkQuery(limit: 9)).links.first?.deletedAt == nil)
        }
    }

    /// Deleting, restoring and taking visits at once: no visit is lost, and none comes back.
    @Test(arguments: StoreKind.allCases)
    func visitsSurviveDeletionAndRestoration(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.maximumVisits = 50 })
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var taken = 0
                        for _ in 0..<10 where try await store.takeVisit(try code("a"), at: midnight) { taken += 1 }
                        return taken
                    }
                }
                group.addTask {
                    for _ in 0..<10 {
                        _ = try await store.delete(try code("a"), ifVersion: nil, at: midnight)
                        _ = try await store.restore(try code("a"), ifVersion: nil, at: midnight, completing: nil)
                    }
                    return 0
                }
                return try await group.reduce(0, +)
            }
            #expect(try await store.link(try code("a"))?.visitsUsed == taken)
            #expect(taken <= 50)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func earlierVisitsRaiseTheCountOfAnUnlimitedLink(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            try await store.insert(NewLink("limited") { $0.maximumVisits = 9 })
            for text in ["a", "limited", "never"] {
                try await store.raiseVisits(try code(text), to: 5)
                try await store.raiseVisits(try code(text), to: 3)
            }
            #expect(try await store.link(try code("a"))?.visitsUsed == 5)
            #expect(try await store.link(try code("limited"))?.visitsUsed == 0)
        }
    }
}
