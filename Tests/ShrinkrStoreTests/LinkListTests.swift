import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkListTests {
    @Test(arguments: StoreKind.allCases)
    func pagesGoThroughAllLinksInOrder(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c", "d", "e")
            #expect(try await codes(store, order: .oldest) == [["a", "b"], ["c", "d"], ["e"]])
            #expect(try await codes(store, order: .newest) == [["e", "d"], ["c", "b"], ["a"]])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func fullLastPageHasNoNext(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.links(LinkQuery(limit: 2)) == LinkPage(entries: [], next: nil))
            try await store.insertLinks("a", "b")
            #expect(try await store.links(LinkQuery(limit: 2)).next == nil)
            #expect(try await store.links(LinkQuery(limit: 1)).next != nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func cursorStandsWhileLinksComeAndGo(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c", "d", "e")
            let first = try await store.links(LinkQuery(limit: 2))
            #expect(first.links.map(\.code.text) == ["e", "d"])
            try await store.insertLinks("f")
            // Also the link that the cursor stands on.
            for text in ["d", "c"] { _ = try await store.delete(try code(text), ifVersion: nil, at: midnight) }
            let second = try await store.links(LinkQuery(limit: 2, after: first.next))
            #expect(second.links.map(\.code.text) == ["b", "a"])
            #expect(second.next == nil)
        }
    }

    @Test(
        arguments: StoreKind.allCases,
        [
            ("EXAMPLE.com/One", ["one"]), ("tWo", ["two"]), ("größe", ["title"]), ("GRÖSSE", []), ("GRÖßE", ["title"]),
            ("100%", ["title"]), ("%", ["title"]),
            ("_x", ["one"]), (#"\"#, ["two"]), ("%%", []), ("nothing", []), ("https", ["one", "two", "title"]),
        ])
    func searchFindsTextLiterally(_ kind: StoreKind, _ expectation: (text: String, found: [String])) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("one", url: "https://example.com/one_x"))
            try await store.insert(NewLink("two", url: "https://example.com/2") { $0.title = #"back\slash"# })
            try await store.insert(NewLink("title", url: "https://example.com/3") { $0.title = "Die größe: 100%!" })
            try await store.insert(NewLink("deleted", url: "https://example.com/one_x100%%"))
            _ = try await store.delete(try code("deleted"), ifVersion: nil, at: midnight)
            let page = try await store.links(LinkQuery(limit: 9, order: .oldest, search: expectation.text))
            #expect(page.links.map(\.code.text) == expectation.found)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func endlessSearchTextFindsNothing(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let text = String(repeating: "x", count: 100_000)
            #expect(try await store.links(LinkQuery(limit: 9, search: text)) == LinkPage(entries: [], next: nil))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func tagIsMatchedExactly(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a") { $0.tags = ["Red", "blue"] })
            try await store.insert(NewLink("b") { $0.tags = ["red", "redder"] })
            try await store.insert(NewLink("c") { $0.tags = ["blue"] })
            for (tag, found) in [("red", ["b"]), ("Red", ["a"]), ("blue", ["c", "a"]), ("%", []), ("re", [])] {
                #expect(try await store.links(LinkQuery(limit: 9, tags: [tag])).links.map(\.code.text) == found)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func filtersAndPagesGoTogether(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for number in 0..<9 {
                try await store.insert(NewLink("n\(number)") { $0.tags = number % 2 == 0 ? ["even"] : [] })
            }
            var query = LinkQuery(limit: 2, order: .oldest, search: "N", tags: ["even"])
            let first = try await store.links(query)
            query.after = first.next
            let second = try await store.links(query)
            #expect(first.links.map(\.code.text) == ["n0", "n2"])
            #expect(second.links.map(\.code.text) == ["n4", "n6"])
            #expect(first.links.map(\.settings.tags) == [["even"], ["even"]])
        }
    }

    private func codes(_ store: any LinkStore, order: LinkQuery.Order) async throws -> [[String]] {
        var pages: [[String]] = []
        var query = LinkQuery(limit: 2, order: order)
        repeat {
            let page = try await store.links(query)
            pages.append(page.links.map(\.code.text))
            query.after = page.next
        } while query.after != nil && pages.count < 10
        return pages
    }
}
