import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Synchronization

/// A store in memory whose change feed fails and falls back as the test says, counts how often it was read, and tells of
/// changes when it is told to.
final class ScriptedFeed: LinkStore {
    let base = MemoryStore()
    var codeCase: CodeCase { base.codeCase }
    private let isBroken = Mutex(false)
    private let feedReads = Mutex(0)
    private let isPutBack = Mutex(false)
    private let life = Mutex<Int64>(0)
    private let told = Mutex<[ShortCode]>([])

    /// How often the feed was read.
    var reads: Int { feedReads.withLock { $0 } }

    func setBroken(_ broken: Bool) {
        isBroken.withLock { $0 = broken }
    }

    /// Tells whoever waits that a link changed.
    func tell(_ code: ShortCode) {
        told.withLock { $0.append(code) }
    }

    /// Makes the feed end before everything that was ever read of it.
    func putBack() {
        isPutBack.withLock { $0 = true }
    }

    /// Puts another database in the place of this one, whose feed goes on as far.
    func promote() {
        life.withLock { $0 += 1 }
    }

    var databaseLife: Int64 { life.withLock(\.self) }

    func latestChange() async throws -> Int64 {
        feedReads.withLock { $0 += 1 }
        let position = await base.latestChange()
        try requireIntact()
        return isPutBack.withLock(\.self) ? 0 : position
    }

    func changedLinks(within limit: Duration) async throws -> [ShortCode] {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let codes = told.withLock { codes in
                defer { codes = [] }
                return codes
            }
            if !codes.isEmpty { return codes }
            try await Task.sleep(for: .milliseconds(1))
        }
        return []
    }

    func changes(after position: Int64, limit: Int) async throws -> [LinkChange] {
        let changes = await base.changes(after: position, limit: limit)
        try requireIntact()
        return changes
    }

    /// Called after a read, so that what is stored once the feed is broken was not read before.
    private func requireIntact() throws {
        guard isBroken.withLock({ !$0 }) else { throw StoreError.unavailable(reason: "broken by the test") }
    }

    func insert(
        _ links: [NewLink], completing completion: IdempotentCompletion<[InsertOutcome]>?
    ) async throws -> [InsertOutcome] {
        try await base.insert(links, completing: completion)
    }

    func link(_ code: ShortCode) async throws -> Link? {
        await base.link(code)
    }

    func update(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        change: @escaping @Sendable (Link) throws -> LinkSettings
    ) async throws -> ChangeOutcome {
        try await base.update(code, ifVersion: versions, at: now, change: change)
    }

    func delete(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome {
        await base.delete(code, ifVersion: versions, at: now)
    }

    func issuedCode(_ code: ShortCode) async throws -> ShortCode? { await base.issuedCode(code) }

    func erase(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome {
        await base.erase(code, ifVersion: versions, at: now)
    }

    func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        completing completion: IdempotentCompletion<RestoreOutcome>?
    ) async throws -> RestoreOutcome {
        try await base.restore(code, ifVersion: versions, at: now, completing: completion)
    }

    func raiseVisits(_ code: ShortCode, to count: Int) async throws {
        await base.raiseVisits(code, to: count)
    }

    func takeVisit(_ code: ShortCode, at now: Timestamp) async throws -> Bool {
        await base.takeVisit(code, at: now)
    }

    func countedLink(_ code: ShortCode) async throws -> CountedLink? { await base.countedLink(code) }

    func makeSearchTexts(limit: Int) async throws -> Int { await base.makeSearchTexts(limit: limit) }

    func tags(_ query: TagQuery) async throws -> TagPage { await base.tags(query) }

    func replaceTag(_ tag: String, with other: String?, limit: Int, at now: Timestamp) async throws -> TagChange {
        await base.replaceTag(tag, with: other, limit: limit, at: now)
    }

    func links(_ query: LinkQuery) async throws -> LinkPage {
        await base.links(query)
    }
}
