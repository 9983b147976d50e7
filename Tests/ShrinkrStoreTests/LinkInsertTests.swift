import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkInsertTests {
    @Test(arguments: StoreKind.allCases)
    func createdLinkIsFoundWithAllItsSettings(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let settings = LinkSettings(
                url: "https://example.com/a?b=c", title: "Größe \"x\"", tags: ["b", "a", "ü"],
                redirectStatus: .permanentRedirect, forwardQuery: true, enabled: false,
                startsAt: midnight, expiresAt: midnight.advanced(by: .seconds(60)), maximumVisits: 9_007_199_254_740_991
            )
            let new = NewLink(candidates: [try code("Abc")], settings: settings, createdAt: midnight)
            let created = try #require(try await store.insert(new).createdLink)
            #expect(
                created == Link(code: try code("Abc"), settings: settings, createdAt: midnight, updatedAt: midnight))
            #expect(try await store.link(try code("Abc")) == created)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func absentSettingsStayAbsent(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("plain"))
            let link = try #require(try await store.link(try code("plain")))
            #expect(link.settings == LinkSettings(url: "https://example.com/"))
            #expect(link.version == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func codeIsMatchedWhole(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("Abc")
            for other in ["Ab", "Abcd", "bc", "Ab_", "A-c"] { #expect(try await store.link(try code(other)) == nil) }
        }
    }

    @Test(arguments: StoreKind.allCases, ["Spring", "spring", "SPRING"])
    func aliasIsTakenInAnyCase(_ kind: StoreKind, _ alias: String) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("Spring")
            #expect(try await store.insert(NewLink(alias, url: "https://other.example/")) == .taken)
            #expect(try await store.link(try code("Spring"))?.settings.url == "https://example.com/")
        }
    }

    @Test(arguments: StoreKind.allCases, ["gone", "GONE"])
    func deletedCodeIsNeverIssuedAgain(_ kind: StoreKind, _ alias: String) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("gone")
            _ = try await store.delete(try code("gone"), ifVersion: nil, at: midnight)
            #expect(try await store.insert(NewLink(alias)) == .taken)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func candidatesAreTriedInOrder(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("one", "two")
            var new = try NewLink("one")
            new.candidates = try ["one", "TWO", "three", "four"].map { try code($0) }
            guard case .created(let link, let collisions) = try await store.insert(new) else {
                Issue.record("not created")
                return
            }
            #expect(link.code.text == "three")
            #expect(collisions == 2)
            #expect(try await store.link(try code("four")) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func batchFailsOneByOne(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("b")
            let outcomes = try await store.insert(
                [NewLink("a"), NewLink("b"), NewLink("c"), NewLink("A")], completing: nil)
            #expect(outcomes.map { $0.createdLink?.code.text } == ["a", nil, "c", nil])
            #expect(outcomes[1] == .taken)
            #expect(outcomes[3] == .taken)
            #expect(try await store.links(LinkQuery(limit: 10)).links.map(\.code.text) == ["c", "a", "b"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func oneOfManyConcurrentInsertsGetsTheAlias(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let outcomes = try await withThrowingTaskGroup(of: InsertOutcome.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await store.insert(NewLink("alias", url: "https://example.com/\(number)"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let created = outcomes.compactMap(\.createdLink)
            #expect(created.count == 1)
            #expect(outcomes.count { $0 == .taken } == 99)
            #expect(try await store.link(try code("alias")) == created.first)
        }
    }
}
