import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// A link store that does what the test says before it inserts, reads, lists or raises visits.
struct ScriptedLinkStore: LinkStore {
    let base: any LinkStore
    var beforeInsert: @Sendable () async throws -> Void = {}
    var beforeRead: @Sendable () async throws -> Void = {}
    var beforeList: @Sendable (LinkQuery) async throws -> Void = { _ in }
    var beforeRaise: @Sendable () async throws -> Void = {}

    var codeCase: CodeCase { base.codeCase }

    func insert(
        _ links: [NewLink], completing completion: IdempotentCompletion<[InsertOutcome]>?
    ) async throws -> [InsertOutcome] {
        try await beforeInsert()
        return try await base.insert(links, completing: completion)
    }

    func link(_ code: ShortCode) async throws -> Link? {
        try await beforeRead()
        return try await base.link(code)
    }

    func update(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        change: @escaping @Sendable (Link) throws -> LinkSettings
    ) async throws -> ChangeOutcome {
        try await base.update(code, ifVersion: versions, at: now, change: change)
    }

    func delete(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome {
        try await base.delete(code, ifVersion: versions, at: now)
    }

    func issuedCode(_ code: ShortCode) async throws -> ShortCode? { try await base.issuedCode(code) }

    func erase(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome {
        try await base.erase(code, ifVersion: versions, at: now)
    }

    func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        completing completion: IdempotentCompletion<RestoreOutcome>?
    ) async throws -> RestoreOutcome {
        try await base.restore(code, ifVersion: versions, at: now, completing: completion)
    }

    func raiseVisits(_ code: ShortCode, to count: Int) async throws {
        try await beforeRaise()
        try await base.raiseVisits(code, to: count)
    }

    func takeVisit(_ code: ShortCode, at now: Timestamp) async throws -> Bool {
        try await base.takeVisit(code, at: now)
    }

    func countedLink(_ code: ShortCode) async throws -> CountedLink? {
        try await beforeRead()
        return try await base.countedLink(code)
    }

    func makeSearchTexts(limit: Int) async throws -> Int { try await base.makeSearchTexts(limit: limit) }

    func tags(_ query: TagQuery) async throws -> TagPage { try await base.tags(query) }

    func replaceTag(_ tag: String, with other: String?, limit: Int, at now: Timestamp) async throws -> TagChange {
        try await base.replaceTag(tag, with: other, limit: limit, at: now)
    }

    func links(_ query: LinkQuery) async throws -> LinkPage {
        try await beforeList(query)
        return try await base.links(query)
    }

    func changes(after position: Int64, limit: Int) async throws -> [LinkChange] {
        try await base.changes(after: position, limit: limit)
    }

    func latestChange() async throws -> Int64 { try await base.latestChange() }

    func changedLinks(within limit: Duration) async throws -> [ShortCode] {
        try await base.changedLinks(within: limit)
    }

    var databaseLife: Int64 { base.databaseLife }
}
