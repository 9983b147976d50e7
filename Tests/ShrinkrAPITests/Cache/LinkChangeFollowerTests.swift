import Logging
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

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

    @Test("forgets a link as soon as another process tells that it changed")
    func toldChange() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await store.insertLinks("told", "same")
        // The feed is read once, and then not again while the test lasts.
        try await following(store, cache, interval: .seconds(3_600)) {
            for text in ["told", "same"] { _ = try await cache.link(code(text)) }
            try await store.change("told", url: "https://example.com/new")
            store.tell(try code("told"))
            try await eventually("the change is seen") {
                try await cache.link(code("told"))?.settings.url == "https://example.com/new"
            }
            #expect(cache.counts.loads == 3)
        }
    }

    @Test("keeps nothing where another database has taken the place of the first")
    func databasePromoted() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await store.insertLinks("a", "b")
        try await following(store, cache) {
            _ = try await cache.link(code("a"))
            store.promote()
            try await eventually("nothing is kept") { cache.size.entries == 0 }
            _ = try await cache.link(code("a"))
            let reads = store.reads
            try await eventually("the feed is read again") { store.reads >= reads + 3 }
            #expect(cache.size.entries == 1)
        }
    }

    @Test("keeps nothing where the database was put back")
    func databasePutBack() async throws {
        let store = ScriptedFeed()
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await store.insertLinks("a", "b")
        try await following(store, cache) {
            _ = try await cache.link(code("a"))
            store.putBack()
            try await eventually("nothing is kept") { cache.size.entries == 0 }
        }
    }

    /// Cached links go on being served as they were: an operator must hear of it, and not a thousand times.
    @Test("says that the feed cannot be read, and that it can be read again")
    func brokenFeedIsSaid() async throws {
        let (store, lines) = (ScriptedFeed(), LogLines(showing: "error"))
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await following(store, cache, logger: lines.logger) {
            store.setBroken(true)
            let reads = store.reads
            try await eventually("the feed is asked for again and again") { store.reads >= reads + 10 }
            #expect(lines.all.count == 1)
            #expect(
                lines.all.first?.hasPrefix(
                    "warning Changes of links cannot be read; links in memory may be out of date") == true)
            store.setBroken(false)
            try await eventually("it is said that it works again") { lines.all.last == "info Works again" }
        }
    }

    @Test("waits for a store that cannot be read at the start")
    func brokenStart() async throws {
        let store = ScriptedFeed()
        store.setBroken(true)
        let cache = LinkCache(capacity: 100_000) { try await store.link($0) }
        try await withThrowingTaskGroup { group in
            let readiness = Readiness(components: [], degrading: [LinkChangeFollower.component])
            let follower = LinkChangeFollower(
                cache: cache, links: store, interval: .milliseconds(1), readiness: readiness, logger: silent)
            group.addTask { try await follower.run() }
            try await eventually("the program is degraded") {
                readiness.snapshot.components.first?.reason?.hasPrefix("changes") == true
            }
            try await store.insertLinks("a")
            _ = try await cache.link(code("a"))
            try await store.change("a", url: "https://example.com/new")
            store.setBroken(false)
            try await eventually("the change is seen") {
                try await cache.link(code("a"))?.settings.url == "https://example.com/new"
            }
            try await eventually("it no longer is") { readiness.snapshot.components.first?.reason == nil }
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
    _ store: ScriptedFeed, _ cache: LinkCache, interval: Duration = .milliseconds(1), logger: Logger = silent,
    _ body: () async throws -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        let readiness = Readiness(components: [], degrading: [LinkChangeFollower.component])
        let follower = LinkChangeFollower(
            cache: cache, links: store, interval: interval, readiness: readiness, logger: logger)
        group.addTask { try await follower.run() }
        try await eventually("the feed is taken up") { readiness.snapshot.components.first?.reason == nil }
        try await body()
        group.cancelAll()
    }
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
