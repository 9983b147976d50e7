import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkTagsTests {
    private func insert(_ store: any LinkStore, _ text: String, _ tags: [String]) async throws {
        try await store.insert(NewLink(text) { $0 = LinkSettings(url: $0.url, tags: tags) })
    }

    private func all(_ store: any LinkStore, limit: Int = 99) async throws -> [String] {
        var (seen, query) = ([String](), TagQuery(limit: limit))
        repeat {
            let page = try await store.tags(query)
            #expect(page.tags.count <= limit)
            seen += page.tags.map { "\($0.name) \($0.links)" }
            query.after = page.next
        } while query.after != nil
        return seen
    }

    @Test(arguments: StoreKind.allCases, [1, 2, 4, 5, 99])
    func pagesGoThroughAllTagsInTheOrderOfTheirBytes(_ kind: StoreKind, _ limit: Int) async throws {
        try await kind.withStore { store in
            #expect(try await store.tags(TagQuery(limit: 5)).tags.isEmpty)
            try await insert(store, "a", ["red", "Red", "übel"])
            try await insert(store, "b", ["red", "%"])
            try await insert(store, "c", [])
            #expect(try await all(store, limit: limit) == ["% 1", "Red 1", "red 2", "übel 1"])
            #expect(try await store.tags(TagQuery(limit: 0)).tags.isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func deletedLinksAreNotCountedAndErasedOnesForgotten(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for text in ["a", "b", "c"] { try await insert(store, text, ["t", text]) }
            _ = try await store.delete(try code("a"), ifVersion: nil, at: midnight)
            _ = try await store.erase(try code("b"), ifVersion: nil, at: midnight)
            #expect(try await all(store) == ["a 0", "c 1", "t 1"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func anotherTagComesInTheirPlace(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await insert(store, "a", ["old", "z"])
            try await insert(store, "b", ["old", "new"])
            try await insert(store, "c", ["older"])
            try await insert(store, "gone", ["old"])
            _ = try await store.delete(try code("gone"), ifVersion: nil, at: midnight)
            let later = midnight.advanced(by: .seconds(5))
            let position = try await store.settled().latestChange()
            let change = try await store.replaceTag("old", with: "new", limit: 9, at: later)
            #expect(change.isComplete && change.codes.map(\.text) == ["a", "b", "gone"])
            let link = try #require(try await store.link(try code("a")))
            #expect(link.settings.tags == ["new", "z"])
            #expect(link.version == 2 && link.updatedAt == later)
            #expect(try await store.link(try code("b"))?.settings.tags == ["new"])
            #expect(try await store.link(try code("c"))?.version == 1)
            #expect(try await all(store) == ["new 2", "older 1", "z 1"])
            // Other processes learn of it, it is found by search, and a link that comes back has it.
            let changes = try await store.settled().changes(after: position, limit: 9)
            #expect(Set(changes.map(\.code.text)) == ["a", "b", "gone"])
            #expect(try await store.links(LinkQuery(limit: 9, search: "new")).links.count == 2)
            #expect(try await store.links(LinkQuery(limit: 9, search: "old")).links.map(\.code.text) == ["c"])
            _ = try await store.restore(try code("gone"), ifVersion: nil, at: later, completing: nil)
            #expect(try await store.link(try code("gone"))?.settings.tags == ["new"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func batchesAddUpToAllOfThem(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for text in ["a", "b", "c", "d"] { try await insert(store, text, ["t", "kept"]) }
            var codes: [String] = []
            for isComplete in [false, false, true] {
                let change = try await store.replaceTag("t", with: nil, limit: 2, at: midnight)
                codes += change.codes.map(\.text)
                #expect(change.isComplete == isComplete)
            }
            #expect(codes == ["a", "b", "c", "d"])
            #expect(try await all(store) == ["kept 4"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func listsKnowSeveralTagsSwitchesAndTimes(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for (number, tags) in [["x"], ["x", "y"], ["y", "x", "z"], ["z"]].enumerated() {
                let link = try NewLink("l\(number)", at: midnight.advanced(by: .seconds(number))) {
                    $0 = LinkSettings(url: "https://example.com/", tags: tags, enabled: number != 1)
                }
                try await store.insert(link)
            }
            for order in LinkQuery.Order.allCases {
                let find = { @Sendable (query: LinkQuery) in
                    var query = query
                    query.order = order
                    return Set(try await store.links(query).links.map(\.code.text))
                }
                #expect(try await find(LinkQuery(limit: 9, tags: ["x", "y"])) == ["l1", "l2"])
                #expect(try await find(LinkQuery(limit: 9, search: "example", tags: ["z", "x", "y"])) == ["l2"])
                #expect(try await find(LinkQuery(limit: 9, tags: ["x", "none"])) == [])
                #expect(try await find(LinkQuery(limit: 9, enabled: false)) == ["l1"])
                #expect(try await find(LinkQuery(limit: 9, tags: ["x"], enabled: true)) == ["l0", "l2"])
                let (from, end) = (midnight.advanced(by: .seconds(1)), midnight.advanced(by: .seconds(3)))
                #expect(try await find(LinkQuery(limit: 9, createdFrom: from)) == ["l1", "l2", "l3"])
                #expect(try await find(LinkQuery(limit: 9, createdBefore: end)) == ["l0", "l1", "l2"])
                let both = LinkQuery(limit: 9, search: "l", tags: ["x"], createdFrom: from, createdBefore: end)
                #expect(try await find(both) == ["l1", "l2"])
            }
        }
    }
}
