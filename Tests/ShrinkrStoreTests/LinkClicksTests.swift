import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

/// Clicks beside links: in every store what the sum of the link's buckets says.
@Suite("Clicks of links") struct LinkClicksTests {
    private func clicks(_ people: Int, _ bots: Int = 0, last: Int64? = nil) -> LinkClicks {
        LinkClicks(tally: Tally(people: people, bots: bots), last: last.map { bucket($0) })
    }

    private func clicks(_ store: any LinkStore, _ text: String) async throws -> LinkClicks? {
        try await store.countedLink(try code(text))?.clicks
    }

    private func codes(_ store: any LinkStore, _ order: LinkQuery.Order, deleted: Bool = false) async throws -> [String]
    {
        try await store.links(LinkQuery(limit: 99, order: order, deleted: deleted)).links.map(\.code.text)
    }

    @Test("are added up with the frames, each once", arguments: StoreKind.allCases)
    func sums(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "B", "never")
            let counts = LinkCounts(buckets: [bucket(4): Tally(people: 2, bots: 1), bucket(9): Tally(bots: 5)])
            let first = try CountedFrame(1, link: "a", counts)
            _ = try await store.add(
                [first, try CountedFrame(2, people: ["B": 3, "none": 9], in: bucket(7))], at: midnight)
            #expect(try await clicks(store, "a") == clicks(2, 6, last: 9))
            #expect(try await clicks(store, "b") == clicks(3, last: 7))
            #expect(try await clicks(store, "never") == clicks(0))
            // A frame that is counted already, one for buckets that are there and are not, and one that comes late.
            let both = LinkCounts(buckets: [bucket(9): Tally(people: 1), bucket(10): Tally(people: 1)])
            _ = try await store.add([first, try CountedFrame(3, link: "a", both)], at: midnight)
            _ = try await store.add([try CountedFrame(4, people: ["a": 10, "B": 1], in: bucket(0))], at: midnight)
            #expect(try await clicks(store, "A") == clicks(14, 6, last: 10))
            #expect(try await clicks(store, "B") == clicks(4, last: 7))
            let page = try await store.links(LinkQuery(limit: 9, order: .oldest))
            #expect(page.entries.map(\.clicks) == [clicks(14, 6, last: 10), clicks(4, last: 7), clicks(0)])
            #expect(page.entries.first?.link == (try await store.link(try code("a"))))
        }
    }

    @Test("are not made by values without clicks", arguments: StoreKind.allCases)
    func valuesAlone(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let key = DimensionKey(bucket: bucket(3), dimension: .browser, value: "x")
            _ = try await store.add([try CountedFrame(1, link: "a", LinkCounts(values: [key: Tally()]))], at: midnight)
            #expect(try await clicks(store, "a") == clicks(0))
        }
    }

    @Test("sort lists, and pages neither repeat nor skip", arguments: StoreKind.allCases)
    func orders(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c", "d", "e", "f")
            _ = try await store.add(
                [
                    CountedFrame(1, people: ["a": 2, "b": 7, "d": 2], in: bucket(5)),
                    CountedFrame(2, people: ["e": 2], in: bucket(8)), CountedFrame(3, people: ["d": 1], in: bucket(1)),
                ], at: midnight)
            #expect(try await codes(store, .clicks) == ["b", "d", "e", "a", "f", "c"])
            #expect(try await codes(store, .lastClick) == ["e", "d", "b", "a", "f", "c"])
            for order in [LinkQuery.Order.clicks, .lastClick] {
                for limit in 1...7 {
                    var query = LinkQuery(limit: limit, order: order)
                    var seen: [String] = []
                    repeat {
                        let page = try await store.links(query)
                        seen += page.links.map(\.code.text)
                        query.after = page.next
                    } while query.after != nil && seen.count < 20
                    #expect(try await codes(store, order) == seen)
                }
            }
        }
    }

    @Test("sort what tags and texts find", arguments: StoreKind.allCases)
    func filters(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for text in ["one", "two", "three", "four"] {
                try await store.insert(NewLink(text) { $0.tags = text == "two" ? [] : ["t"] })
            }
            let frame = try CountedFrame(1, people: ["one": 1, "two": 9, "three": 5, "four": 3])
            _ = try await store.add([frame], at: midnight)
            var query = LinkQuery(limit: 2, order: .clicks, tags: ["t"])
            let first = try await store.links(query)
            query.after = first.next
            let second = try await store.links(query)
            #expect((first.links + second.links).map(\.code.text) == ["three", "four", "one"])
            let found = try await store.links(LinkQuery(limit: 9, order: .clicks, search: "R", tags: ["t"]))
            #expect(found.links.map(\.code.text) == ["three", "four"])
        }
    }

    @Test("stay with a link that is deleted and restored, and go on meanwhile", arguments: StoreKind.allCases)
    func deletion(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b", "c")
            _ = try await store.add([CountedFrame(1, people: ["a": 1, "b": 2, "c": 3])], at: midnight)
            _ = try await store.delete(try code("b"), ifVersion: nil, at: midnight)
            _ = try await store.add([CountedFrame(2, people: ["b": 5], in: bucket(3))], at: midnight)
            #expect(try await clicks(store, "b") == nil)
            #expect(try await codes(store, .clicks) == ["c", "a"])
            let deleted = try await store.links(LinkQuery(limit: 9, order: .clicks, deleted: true))
            #expect(deleted.entries.map(\.clicks) == [clicks(7, last: 3)])
            _ = try await store.restore(try code("b"), ifVersion: nil, at: midnight, completing: nil)
            #expect(try await codes(store, .clicks) == ["b", "c", "a"])
            #expect(try await clicks(store, "b") == clicks(7, last: 3))
            #expect(try await codes(store, .clicks, deleted: true) == [])
        }
    }

    @Test("of an erased link are nowhere", arguments: StoreKind.allCases)
    func erasure(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a", "b")
            _ = try await store.delete(try code("b"), ifVersion: nil, at: midnight)
            for text in ["a", "b"] { _ = try await store.erase(try code(text), ifVersion: nil, at: midnight) }
            // Its clicks stay counted all the same.
            _ = try await store.add([CountedFrame(1, people: ["a": 1, "b": 1])], at: midnight)
            for order in LinkQuery.Order.allCases {
                #expect(try await codes(store, order) == [])
                #expect(try await codes(store, order, deleted: true) == [])
            }
            #expect(try await store.clicks("a") == 1)
        }
    }

    @Test("differ by case where codes do", arguments: StoreKind.allCases)
    func caseSensitive(_ kind: StoreKind) async throws {
        try await kind.withStore(codeCase: .sensitive) { store in
            try await store.insertLinks("a", "A")
            _ = try await store.add([CountedFrame(1, people: ["A": 3, "a": 1])], at: midnight)
            #expect(try await clicks(store, "a") == clicks(1, last: 0))
            #expect(try await clicks(store, "A") == clicks(3, last: 0))
        }
    }

    @Test("are exact however many add them at once", arguments: StoreKind.allCases)
    func atOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let texts = (0..<12).map { "l\($0)" }
            for text in texts { try await store.insertLinks(text) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<6 {
                    group.addTask {
                        for round in 0..<15 {
                            // Every transaction has buckets that are there and new ones, crosswise.
                            var counts: [ShortCode: LinkCounts] = [:]
                            for (index, text) in texts.enumerated() {
                                let place = bucket(Int64((round + (index + worker) % 3) / 3))
                                counts[try code(text)] = LinkCounts(buckets: [place: Tally(people: 1, bots: 1)])
                            }
                            let frame = CountedFrame(
                                id: FrameID(journal: "w\(worker)", number: Int64(round + 1)), counts: counts,
                                clicks: 2 * texts.count, countsBehind: { _ in [:] })
                            _ = try await store.add([frame], at: midnight)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for text in texts { #expect(try await clicks(store, text)?.tally == Tally(people: 90, bots: 90)) }
        }
    }
}
