#if PostgreSQL
import PostgreSQLClient
package import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

extension PostgreSQLStore: LinkStore {
    private static let selectIssued: PostgreSQLStatement = "SELECT code FROM links WHERE code_key = $1"
    private static let raiseVisits: PostgreSQLStatement = """
        UPDATE links SET visits_used = $2
        WHERE code_key = $1 AND deleted_at IS NULL AND maximum_visits IS NULL AND visits_used < $2
        """
    private static let takeVisit: PostgreSQLStatement = """
        UPDATE links SET visits_used = visits_used + 1
        WHERE code_key = $1 AND deleted_at IS NULL AND enabled AND visits_used < maximum_visits
            AND (starts_at IS NULL OR starts_at <= $2) AND (expires_at IS NULL OR expires_at > $2)
        """
    private static let selectChanges: PostgreSQLStatement = """
        SELECT change_xid, code FROM links
        WHERE change_xid > $1::text::xid8 AND change_xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY change_xid FETCH FIRST ($2) ROWS WITH TIES
        """
    private static let selectLatest: PostgreSQLStatement = """
        SELECT pg_snapshot_xmin(now)::text::bigint - 1, now::text,
            coalesce(host(inet_server_addr()) || ' ' || inet_server_port(), ''),
            (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint
        FROM pg_current_snapshot() AS now
        """

    package func insert(
        _ links: [NewLink], completing completion: IdempotentCompletion<[InsertOutcome]>?
    ) async throws -> [InsertOutcome] {
        try await write { session in
            var insertion = LinkInsertion(links, session, codeCase: codeCase)
            let outcomes = try insertion.run()
            try completion?.save(outcomes, session)
            return outcomes
        }
    }

    package func link(_ code: ShortCode) async throws -> Link? {
        try await query(LinkRow.find, [.text(codeCase.key(code).text)]).first.map { try LinkRow($0).link }
    }

    package func countedLink(_ code: ShortCode) async throws -> CountedLink? {
        try await query(LinkRow.findCounted, [.text(codeCase.key(code).text)]).first.map { row in
            CountedLink(link: try LinkRow(row).link, clicks: try LinkRow.clicks(row))
        }
    }

    package func issuedCode(_ code: ShortCode) async throws -> ShortCode? {
        let rows = try await query(Self.selectIssued, [.text(codeCase.key(code).text)])
        return try rows.first.flatMap { ShortCode(try $0.text(0)) }
    }

    package func update(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        change: @escaping @Sendable (Link) throws -> LinkSettings
    ) async throws -> ChangeOutcome {
        try await changeLink(code, ifVersion: versions) { row, writer in
            var changed = row
            changed.link.settings = try change(row.link)
            guard changed.link.settings != row.link.settings else { return row.link }
            changed.link.version += 1
            changed.link.updatedAt = now
            try writer.update(changed)
            return changed.link
        }
    }

    package func delete(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome
    {
        try await changeLink(code, ifVersion: versions) { row, writer in
            try writer.delete(row, at: now)
            return row.link
        }
    }

    package func erase(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome {
        try await changeLink(code, ifVersion: versions, isDeletedToo: true) { row, writer in
            try writer.erase(row, at: now)
            return row.link
        }
    }

    package func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        completing completion: IdempotentCompletion<RestoreOutcome>?
    ) async throws -> RestoreOutcome {
        try await write { session in
            let outcome = try restore(code, ifVersion: versions, at: now, session)
            try completion?.save(outcome, session)
            return outcome
        }
    }

    package func raiseVisits(_ code: ShortCode, to count: Int) async throws {
        let values: [PostgreSQLValue] = [.text(codeCase.key(code).text), .int(Int64(count))]
        try await write { try $0.execute(Self.raiseVisits, values) }
    }

    package func takeVisit(_ code: ShortCode, at now: Timestamp) async throws -> Bool {
        let values: [PostgreSQLValue] = [.text(codeCase.key(code).text), .int(now.milliseconds)]
        return try await write { try $0.execute(Self.takeVisit, values) == 1 }
    }

    package func links(_ query: LinkQuery) async throws -> LinkPage {
        let query = LinkPageQuery(query)
        return try await read { try query.fetch($0) }
    }

    package func tags(_ query: TagQuery) async throws -> TagPage {
        try await read { try LinkTags(session: $0).page(query) }
    }

    package func replaceTag(
        _ tag: String, with other: String?, limit: Int, at now: Timestamp
    ) async throws -> TagChange {
        try await write(.bulk) { session in
            let writer = LinkWriter(session: session, codeCase: codeCase)
            return try LinkTags(session: session).replace(tag, with: other, limit: limit, at: now, writer: writer)
        }
    }

    package func makeSearchTexts(limit: Int) async throws -> Int {
        // Whoever finds nothing to do locks nothing.
        guard try await read({ try LinkTexts.areToMake($0) }) else { return 0 }
        return try await write(.bulk) { try LinkTexts.make(limit: limit, $0) }
    }

    /// The positions are numbers of transactions. A transaction that is still at work may have a lower number than
    /// others that have ended; so the order ends before the oldest that is at work, and nothing is passed over. Changes
    /// of one transaction are told together, be they more than `limit`.
    ///
    /// Changes behind that follow at the last position, so that no transaction that goes on for long keeps them from
    /// being seen. They are told again in their place. One task at a time follows a store's changes.
    package func changes(after position: Int64, limit: Int) async throws -> [LinkChange] {
        let values: [PostgreSQLValue] = [.text(String(max(0, position))), .int(Int64(max(0, limit)))]
        let settled = try await query(Self.selectChanges, values).compactMap { row in
            let position = try row.int(0)
            return ShortCode(try row.text(1)).map { LinkChange(position: position, code: $0) }
        }
        guard settled.count < limit else { return settled }
        let end = settled.last?.position ?? position
        let others = try await Self.translatingErrors { try await unsettled.next(limit: limit, pool) }
        return settled + others.map { LinkChange(position: end, code: $0) }
    }

    package func latestChange() async throws -> Int64 {
        guard let row = try await query(Self.selectLatest, []).first else { return 0 }
        let server = DatabaseLife.Server(
            address: try row.text(2), startedAt: try row.int(3), now: try row.int(4))
        unsettled.begin(try row.text(1), again: life.answered(server))
        return try row.int(0)
    }

    package var databaseLife: Int64 { life.number }

    package func changedLinks(within limit: Duration) async throws -> [ShortCode] {
        try await notices.next(within: limit)
    }

    private func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp, _ session: PostgreSQLSession
    ) throws -> RestoreOutcome {
        switch try LinkRow.lock(codeCase.key(code), session) {
        case .neverIssued: return .notFound
        case .erased: return .erased
        case .live: return .notDeleted
        case .deleted(var row):
            guard versions?.contains(row.link.version) ?? true else { return .versionMismatch }
            row.link.restore(at: now)
            try LinkWriter(session: session, codeCase: codeCase).restore(row)
            return .done(row.link)
        }
    }

    /// - Parameter isDeletedToo: whether a deleted link is changed as well.
    private func changeLink(
        _ code: ShortCode, ifVersion versions: [Int]?, isDeletedToo: Bool = false,
        _ body: @escaping @Sendable (LinkRow, LinkWriter) throws -> Link
    ) async throws -> ChangeOutcome {
        try await write { session in
            let row: LinkRow
            switch try LinkRow.lock(codeCase.key(code), session) {
            case .live(let found): row = found
            case .deleted(let found) where isDeletedToo: row = found
            default: return .notFound
            }
            guard versions?.contains(row.link.version) ?? true else { return .versionMismatch }
            return .done(try body(row, LinkWriter(session: session, codeCase: codeCase)))
        }
    }
}
#endif
