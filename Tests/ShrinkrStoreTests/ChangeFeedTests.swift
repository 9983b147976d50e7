import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct ChangeFeedTests {
    @Test(arguments: StoreKind.allCases)
    func emptyStoreHasNoChanges(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.latestChange() >= 0)
            #expect(try await store.settled().changes(after: 0, limit: 10).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func everyChangeIsSeenAfterThePositionBeforeIt(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            var position = try await store.settled().latestChange()
            func expectChange(of codes: [String]) async throws {
                let changes = try await store.settled().changes(after: position, limit: 10)
                #expect(changes.map(\.code.text) == codes)
                #expect(changes.map(\.position) == changes.map(\.position).sorted())
                #expect(changes.allSatisfy { $0.position > position })
                position = try await store.settled().latestChange()
                #expect(position >= changes.last?.position ?? .max)
                #expect(try await store.changes(after: position, limit: 10).isEmpty)
            }
            try await store.insertLinks("a", "b")
            try await expectChange(of: ["a", "b"])
            _ = try await store.update(try code("a"), ifVersion: nil, at: midnight) { _ in
                LinkSettings(url: "https://x/")
            }
            try await expectChange(of: ["a"])
            _ = try await store.delete(try code("b"), ifVersion: nil, at: midnight)
            try await expectChange(of: ["b"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func feedIsReadInSteps(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c")
            let first = try await store.settled().changes(after: 0, limit: 2)
            let rest = try await store.settled().changes(after: try #require(first.last).position, limit: 2)
            #expect(first.map(\.code.text) == ["a", "b"])
            #expect(rest.map(\.code.text) == ["c"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func whatFailedIsNotInTheFeed(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let position = try await store.settled().latestChange()
            try await store.insert(NewLink("A"))
            _ = try await store.update(try code("a"), ifVersion: [7], at: midnight) { _ in
                LinkSettings(url: "https://x/")
            }
            _ = try await store.delete(try code("a"), ifVersion: [7], at: midnight)
            #expect(try await store.settled().changes(after: position, limit: 10).isEmpty)
        }
    }
}
