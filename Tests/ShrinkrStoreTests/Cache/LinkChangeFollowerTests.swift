import Logging
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite("The change follower", .timeLimit(.minutes(5))) struct LinkChangeFollowerTests {
    @Test("shows changes, deletions and new links of other processes")
    func changesBehindTheCache() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await store.insertLinks("changed", "deleted", "same")
        try await following(store, cache) {
            for text in ["changed", "deleted", "same", "new"] { _ = try await cache.link(code(text)) }
            try await store.change("changed", url: "https://example.com/new")
            _ = try await store.delete(code("deleted"), ifVersion: nil, at: midnight)
            try await store.insertLinks("new")
            try await eventually("the change is seen") {
                try await cache.link(code("changed"))?.settings.url == "https://example.com/new"
            }
            try await eventually("the deletion is seen") { try await cache.link(code("deleted")) == nil }
            try await eventually("the new link is seen") { try await cache.link(code("new")) != nil }
            // What did not change stays in the cache.
            let loads = cache.counts.loads
            #expect(try await cache.link(code("same")) != nil)
            #expect(cache.counts.loads == loads)
        }
    }

    @Test("also shows a change from before the feed was taken up")
    func changeBeforeTheStart() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await store.insertLinks("a")
        _ = try await cache.link(code("a"))
        try await store.change("a", url: "https://example.com/new")
        try await following(store, cache) {
            let link = try await cache.link(code("a"))
            #expect(link?.settings.url == "https://example.com/new")
        }
    }

    @Test("takes the feed up where it was left when the store could not be read")
    func brokenFeed() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await store.insertLinks("a")
        try await following(store, cache) {
            let before = try await cache.link(code("a"))
            store.setBroken(true)
            try await store.change("a", url: "https://example.com/new")
            let reads = store.reads
            try await eventually("the feed is asked for again and again") { store.reads >= reads + 3 }
            #expect(try await cache.link(code("a")) == before)
            store.setBroken(false)
            try await eventually("the change is seen") {
                try await cache.link(code("a"))?.settings.url == "https://example.com/new"
            }
        }
    }

    @Test("waits for a store that cannot be read at the start")
    func brokenStart() async throws {
        let store = ScriptedFeed()
        store.setBroken(true)
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await withThrowingTaskGroup { group in
            let follower = LinkChangeFollower(cache: cache, links: store, interval: .milliseconds(1), logger: .quiet)
            group.addTask { try await follower.run() }
            try await store.insertLinks("a")
            _ = try await cache.link(code("a"))
            try await store.change("a", url: "https://example.com/new")
            store.setBroken(false)
            try await eventually("the change is seen") {
                try await cache.link(code("a"))?.settings.url == "https://example.com/new"
            }
            group.cancelAll()
        }
    }

    @Test("reads more changes than fit a page")
    func manyChanges() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 10_000_000) { try await store.link($0) }
        let codes = try (0..<1_100).map { try code("c\($0)") }
        try await following(store, cache) {
            store.setBroken(true)
            _ = try await store.insert(
                codes.map {
                    NewLink(candidates: [$0], settings: LinkSettings(url: "https://a.example/"), createdAt: midnight)
                },
                completing: nil)
            let last = try #require(codes.last)
            cache.invalidateAll()
            for code in codes { _ = try await cache.link(code) }
            #expect(cache.size.entries == codes.count)
            store.setBroken(false)
            try await eventually("all are forgotten") { cache.size.entries == 0 }
            #expect(try await cache.link(last) != nil)
        }
    }
}

/// Runs `body` while a follower asks the feed every millisecond, and has done so once.
private func following(
    _ store: ScriptedFeed, _ cache: LinkCache, _ body: () async throws -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        let follower = LinkChangeFollower(cache: cache, links: store, interval: .milliseconds(1), logger: .quiet)
        group.addTask { try await follower.run() }
        // Changes are asked for once the newest position is known.
        try await eventually("the feed is taken up") { store.reads > 0 }
        try await body()
        group.cancelAll()
    }
}

extension Logger {
    fileprivate static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension LinkStore {
    /// Changes a link as another process would.
    fileprivate func change(_ text: String, url: String) async throws {
        let outcome = try await update(code(text), ifVersion: nil, at: midnight) { link in
            var settings = link.settings
            settings.url = url
            return settings
        }
        guard case .done = outcome else { throw StoreError.unavailable(reason: "\(text) was not changed") }
    }
}
