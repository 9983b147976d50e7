import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

@Suite("The link cache", .timeLimit(.minutes(5))) struct LinkCacheTests {
    @Test("reads a link once")
    func hit() async throws {
        let source = ScriptedLinks { .sample(version: $0) }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        for _ in 0..<3 { #expect(try await cache.link(code("a")) == .sample(version: 1)) }
        let counts = cache.counts
        #expect((counts.hits, counts.misses, counts.loads) == (2, 1, 1))
        #expect(cache.size.entries == 1)
    }

    @Test("remembers that there is no such link, until it hears otherwise")
    func absence() async throws {
        let source = ScriptedLinks { $0 == 1 ? nil : .sample() }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        for _ in 0..<3 { #expect(try await cache.link(code("a")) == nil) }
        #expect(source.reads == 1)
        cache.invalidate(try code("a"))
        #expect(try await cache.link(code("a")) == .sample())
        #expect(source.reads == 2)
    }

    @Test("knows codes that differ by case as different codes where the store does")
    func exactCode() async throws {
        let source = ScriptedLinks { $0 == 1 ? .sample("a") : nil }
        let cache = LinkCache(capacity: 10_000, codeCase: .sensitive, load: source.read)
        #expect(try await cache.link(code("a")) == .sample("a"))
        #expect(try await cache.link(code("A")) == nil)
        cache.invalidate(try code("A"))
        #expect(try await cache.link(code("a")) == .sample("a"))
        #expect(source.reads == 2)
    }

    @Test("has one entry for what is one code")
    func oneEntryForOneCode() async throws {
        let source = ScriptedLinks { $0 == 1 ? nil : .sample("Swift", version: $0) }
        let cache = LinkCache(capacity: 10_000, codeCase: .insensitive, load: source.read)
        for text in ["swift", "SWIFT", "Swift"] { #expect(try await cache.link(code(text)) == nil) }
        #expect((source.reads, cache.size.entries) == (1, 1))
        cache.invalidate(try code("Swift"))
        for text in ["swift", "SWIFT", "Swift"] {
            #expect(try await cache.link(code(text)) == .sample("Swift", version: 2))
        }
        cache.invalidate(try code("sWiFt"))
        #expect(try await cache.link(code("swift")) == .sample("Swift", version: 3))
    }

    @Test("keeps what was found out about a link's destination as long as the link and the rules are the same")
    func verdict() async throws {
        let source = ScriptedLinks { .sample(version: $0) }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        var judgements = 0
        func isRefused(in generation: Int, _ verdict: Bool) async throws -> Bool {
            let found = try #require(try await cache.find(code("a")))
            return found.verdict.isRefused(in: generation) {
                judgements += 1
                return verdict
            }
        }
        for _ in 0..<3 { #expect(try await !isRefused(in: 0, false)) }
        #expect(judgements == 1)
        for _ in 0..<3 { #expect(try await isRefused(in: 1, true)) }
        #expect(judgements == 2)
        cache.invalidate(try code("a"))
        #expect(try await !isRefused(in: 1, false))
        #expect(judgements == 3)
    }

    @Test("reads a link anew once it is invalid, and no other")
    func invalidation() async throws {
        let source = ScriptedLinks { .sample(version: $0) }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        _ = try await cache.link(code("a"))
        let other = try await cache.link(code("b"))
        cache.invalidate(try code("a"))
        #expect(try await cache.link(code("a")) == .sample(version: 3))
        #expect(try await cache.link(code("b")) == other)
        cache.invalidateAll()
        #expect(cache.size == (0, 0))
        #expect(try await cache.link(code("b")) == .sample(version: 4))
    }

    @Test("does not remember that a read failed")
    func failure() async throws {
        let source = ScriptedLinks { read in
            guard read > 1 else { throw StoreError.unavailable(reason: "busy") }
            return .sample()
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        await #expect(throws: StoreError.unavailable(reason: "busy")) { try await cache.link(code("a")) }
        #expect(cache.size.entries == 0)
        #expect(try await cache.link(code("a")) == .sample())
        #expect(source.reads == 2)
    }

    @Test("holds no more bytes than it may", arguments: [0, 100, 1_000, 20_000])
    func bound(capacity: Int) async throws {
        let source = ScriptedLinks { $0 % 2 == 0 ? nil : .sample(version: $0) }
        let cache = LinkCache(capacity: capacity, load: source.read)
        for number in 0..<300 {
            _ = try await cache.link(code("c\(number)"))
            try #require(cache.size.bytes <= capacity)
        }
        #expect(cache.size.entries < 300)
        #expect((cache.size.entries > 0) == (capacity >= 1_000))
    }

    @Test("takes longer texts for more bytes")
    func cost() throws {
        func cost(_ text: String, _ change: (inout LinkSettings) -> Void = { _ in }) -> Int {
            var link = Link.sample(text)
            change(&link.settings)
            return LinkCache.cost(of: .link(link), code: link.code)
        }
        let base = cost("a")
        #expect(cost("abc") == base + 4)
        #expect(cost("a") { $0.url += "12345" } == base + 5)
        #expect(cost("a") { $0.title = "é" } == base + 2)
        #expect(cost("a") { $0.tags = ["ab", "c"] } == base + 35)
        #expect(LinkCache.cost(of: .absent, code: try code("abc")) < base)
    }
}
