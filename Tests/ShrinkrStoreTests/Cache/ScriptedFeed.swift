import ShrinkrCore
import ShrinkrStore
import Synchronization

/// A store in memory whose change feed fails as the test says, and counts how often it was read.
final class ScriptedFeed: LinkStore {
    let base = MemoryStore()
    private let isBroken = Mutex(false)
    private let feedReads = Mutex(0)

    /// How often the changes were asked for.
    var reads: Int { feedReads.withLock { $0 } }

    func setBroken(_ broken: Bool) {
        isBroken.withLock { $0 = broken }
    }

    func latestChange() async throws -> Int64 {
        let position = await base.latestChange()
        try requireIntact()
        return position
    }

    func changes(after position: Int64, limit: Int) async throws -> [LinkChange] {
        feedReads.withLock { $0 += 1 }
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

    func isIssued(_ code: ShortCode) async throws -> Bool { await base.isIssued(code) }

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

    func links(_ query: LinkQuery) async throws -> LinkPage {
        await base.links(query)
    }
}
