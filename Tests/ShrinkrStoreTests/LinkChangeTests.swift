import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkChangeTests {
    private static let later = midnight.advanced(by: .seconds(90))

    @Test(arguments: StoreKind.allCases)
    func updateChangesSettingsVersionAndTime(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.tags = ["old", "both"] })
            let settings = LinkSettings(
                url: "https://example.com/2", title: "t", tags: ["both", "new"], maximumVisits: 3)
            let outcome = try await store.update(try code("a"), ifVersion: [1], at: Self.later) { _ in settings }
            let expected = Link(
                code: try code("a"), settings: settings, createdAt: midnight, updatedAt: Self.later, version: 2)
            #expect(outcome == .done(expected))
            #expect(try await store.link(try code("a")) == expected)
            #expect(try await store.links(LinkQuery(limit: 5, tags: ["old"])).links.isEmpty)
            #expect(try await store.links(LinkQuery(limit: 5, tags: ["new"])).links == [expected])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func changeSeesThePresentLink(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.tags = ["x"] })
            for _ in 0..<3 {
                _ = try await store.update(try code("a"), ifVersion: nil, at: Self.later) { link in
                    var settings = link.settings
                    settings.url += "+"
                    return settings
                }
            }
            let link = try #require(try await store.link(try code("a")))
            #expect(link.settings.url == "https://example.com/+++")
            #expect(link.settings.tags == ["x"])
            #expect(link.version == 4)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func equalSettingsChangeNothing(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let link = try #require(try await store.insert(NewLink("a")).createdLink)
            let position = try await store.settled().latestChange()
            let outcome = try await store.update(try code("a"), ifVersion: [1], at: Self.later) { $0.settings }
            #expect(outcome == .done(link))
            #expect(try await store.link(try code("a")) == link)
            #expect(try await store.settled().changes(after: position, limit: 9).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func otherVersionIsRefused(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let link = try #require(try await store.insert(NewLink("a")).createdLink)
            let outcome = try await store.update(try code("a"), ifVersion: [2], at: Self.later) { _ in
                LinkSettings(url: "https://example.com/2")
            }
            #expect(outcome == .versionMismatch)
            #expect(try await store.delete(try code("a"), ifVersion: [2], at: Self.later) == .versionMismatch)
            #expect(try await store.link(try code("a")) == link)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func thrownErrorPassesAndChangesNothing(_ kind: StoreKind) async throws {
        struct Refused: Error {}
        try await kind.withStore { store in
            let link = try #require(try await store.insert(NewLink("a")).createdLink)
            await #expect(throws: Refused.self) {
                _ = try await store.update(try code("a"), ifVersion: nil, at: Self.later) { _ in throw Refused() }
            }
            #expect(try await store.link(try code("a")) == link)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func deletedLinkIsGone(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let link = try #require(try await store.insert(NewLink("a") { $0.tags = ["t"] }).createdLink)
            #expect(try await store.delete(try code("a"), ifVersion: [1], at: Self.later) == .done(link))
            #expect(try await store.link(try code("a")) == nil)
            #expect(try await store.links(LinkQuery(limit: 5)).links.isEmpty)
            #expect(try await store.links(LinkQuery(limit: 5, tags: ["t"])).links.isEmpty)
            #expect(try await store.delete(try code("a"), ifVersion: nil, at: Self.later) == .notFound)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func unknownCodeIsNotFound(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let outcome = try await store.update(try code("no"), ifVersion: nil, at: midnight) { $0.settings }
            #expect(outcome == .notFound)
            #expect(try await store.delete(try code("no"), ifVersion: nil, at: midnight) == .notFound)
        }
    }

    /// Updates that run at the same time never lose one another's change.
    @Test(arguments: StoreKind.allCases)
    func concurrentUpdatesAllCount(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        _ = try await store.update(try code("a"), ifVersion: nil, at: Self.later) { link in
                            var settings = link.settings
                            settings.tags.append("\(number)")
                            return settings
                        }
                    }
                }
                try await group.waitForAll()
            }
            let link = try #require(try await store.link(try code("a")))
            #expect(Set(link.settings.tags) == Set((0..<20).map { "\($0)" }))
            #expect(link.version == 21)
        }
    }
}
