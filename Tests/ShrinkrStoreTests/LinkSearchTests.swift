import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

/// What `q` finds: the same in every store.
@Suite("Searches") struct LinkSearchTests {
    /// Links in every form in which a destination, title or tag may come.
    private static let links: [(code: String, url: String, title: String?, tags: [String])] = [
        ("host", "https://xn--mnchen-3ya.de/", nil, []),
        ("path", "https://example.com/M%C3%BCnchen/%E6%9D%B1%E4%BA%AC", nil, []),
        ("decomposed", "https://example.com/mu%CC%88nchen", nil, []),
        ("title", "https://example.com/1", "M\u{FC}nchen 100% \"gut\" _x_", []),
        ("tag", "https://example.com/2", nil, ["m\u{FC}nchen", "two words"]),
        ("Broken", "https://xn--0.example.com/%FF%00a%", "aaaa\u{1F600}aab", []),
        ("plain", "https://example.com/plain?a=b%26c", nil, []),
    ]

    private static let queries = [
        "münchen", "mu\u{308}nchen", "MÜNCHEN", "xn--mnchen", "MÜN", "ünc", "東京", "東", "京", "%c3%bcn", "100%",
        "\"gut\"", "_x_",
        "x_x", "two words", "TWO", "wo wo", "%", "%%", "_", "\\", "\"", "'", "a", "aa", "aaa", "aaaa", "aab", "aaab",
        "aaaab",
        "\u{1F600}", "\u{1F600}a", "\u{1F600}aa", "b&c", "b%26c", "a%", "%ff", "example", "example.com/plain?a=b",
        "nothing",
        "ple.con", "HTTPS://", "plain", "PLAIN", "brok", "OR", "NOT", "a AND b", "*", "(", "ß", " ", "mple.com/1\u{A0}",
        String(repeating: "a", count: 200), "example.com/m",
    ]

    private func fill(_ store: any LinkStore) async throws {
        for link in Self.links {
            try await store.insert(
                NewLink(link.code, url: link.url) {
                    $0.title = link.title
                    $0.tags = link.tags
                })
        }
    }

    private func codes(
        _ store: any LinkStore, _ text: String, _ order: LinkQuery.Order = .oldest, tag: String? = nil
    ) async throws -> [String] {
        let query = LinkQuery(
            limit: 99, order: order, search: UntrustedText(text).normalised.string, tags: tag.map { [$0] } ?? [])
        return try await store.links(query).links.map(\.code.text)
    }

    @Test("find what people type, however it is written", arguments: StoreKind.allCases)
    func forms(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            let all = ["host", "path", "decomposed", "title", "tag"]
            for text in ["münchen", "mu\u{308}nchen", "MÜNCHEN", "ünc"] { #expect(try await codes(store, text) == all) }
            #expect(try await codes(store, "xn--mnchen") == ["host"])
            #expect(try await codes(store, "東京") == ["path"])
            #expect(try await codes(store, "京") == ["path"])
            #expect(try await codes(store, "%C3%BCnchen") == ["path"])
            #expect(try await codes(store, "two words") == ["tag"])
            #expect(try await codes(store, "b&c") == ["plain"])
            #expect(try await codes(store, "brok") == ["Broken"])
            #expect(try await codes(store, "münchen", tag: "two words") == ["tag"])
        }
    }

    @Test("find the same in all stores, in every order", arguments: StoreKind.allCases)
    func equal(_ kind: StoreKind) async throws {
        try await StoreKind.memory.withStore { memory in
            try await fill(memory)
            try await kind.withStore { store in
                try await fill(store)
                for text in Self.queries {
                    for order in LinkQuery.Order.allCases {
                        #expect(
                            try await codes(store, text, order) == codes(memory, text, order), "\(text) in \(order)")
                    }
                }
            }
        }
    }

    @Test("follow changes, deletions and restorations", arguments: StoreKind.allCases)
    func changes(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(NewLink("a", url: "https://example.com/first") { $0.tags = ["tagged"] })
            try await store.insertLinks("b")
            _ = try await store.update(try code("a"), ifVersion: nil, at: midnight) { link in
                var settings = link.settings
                settings.url = "https://example.com/second"
                settings.tags = []
                return settings
            }
            for text in ["first", "tagged"] { #expect(try await codes(store, text) == []) }
            #expect(try await codes(store, "second") == ["a"])
            _ = try await store.delete(try code("a"), ifVersion: nil, at: midnight)
            #expect(try await codes(store, "second") == [])
            let deleted = LinkQuery(limit: 9, search: "second", deleted: true)
            #expect(try await store.links(deleted).links.map(\.code.text) == ["a"])
            _ = try await store.restore(try code("a"), ifVersion: nil, at: midnight, completing: nil)
            #expect(try await codes(store, "second") == ["a"])
            _ = try await store.erase(try code("a"), ifVersion: nil, at: midnight)
            #expect(try await codes(store, "second") == [])
            #expect(try await store.links(deleted).links == [])
            #expect(try await store.makeSearchTexts(limit: 9) == 0)
        }
    }

    /// More links than a list looks at before it asks the index.
    @Test("page through many links, found often, seldom and never", arguments: StoreKind.allCases)
    func many(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let count = LinkQuery.walkedLinks + 300
            for start in stride(from: 0, to: count, by: 500) {
                let links = try (start..<min(start + 500, count)).map { number in
                    try NewLink("n\(number)", url: "https://example.com/\(number % 900 == 7 ? "seldom" : "often")") {
                        $0.tags = number % 700 == 3 ? ["rare"] : []
                    }
                }
                _ = try await store.insert(links, completing: nil)
            }
            _ = try await store.add([CountedFrame(1, people: ["n7": 2, "n3": 1, "n1807": 1])], at: midnight)
            let seldom = ["n7", "n907", "n1807"]
            #expect(try await codes(store, "seldom", .oldest) == seldom)
            #expect(try await codes(store, "seldom", .newest) == seldom.reversed())
            #expect(try await codes(store, "seldom", .clicks) == ["n7", "n1807", "n907"])
            #expect(try await codes(store, "never", .newest) == [])
            #expect(try await codes(store, "/often", .oldest, tag: "rare") == ["n3", "n703", "n1403", "n2103"])
            #expect(try await codes(store, "seldom", .clicks, tag: "rare") == [])
            let ranked = LinkQuery(limit: 9, order: .clicks, tags: ["rare"])
            #expect(try await store.links(ranked).links.map(\.code.text) == ["n3", "n2103", "n1403", "n703"])
            for order in [LinkQuery.Order.newest, .clicks] {
                var query = LinkQuery(limit: 2, order: order, search: "SELDOM")
                let first = try await store.links(query)
                query.after = first.next
                let second = try await store.links(query)
                #expect((first.links + second.links).map(\.code.text) == (try await codes(store, "seldom", order)))
                #expect(second.next == nil)
            }
        }
    }
}
