#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrStore

/// Keeps what journals say of themselves, and puts it beside what was counted of them.
enum AccountTable {
    private static let columns =
        "announced_at, answered, recorded, lost, dropped, published, published_through, complete, final"
    private static let select = PostgreSQLStatement(
        "SELECT journal, \(columns) FROM journal_accounts WHERE journal = ANY ($1)")
    private static let save = PostgreSQLStatement(
        """
        INSERT INTO journal_accounts (journal, \(columns)) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[],
            $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::boolean[], $10::boolean[])
        ON CONFLICT (journal) DO UPDATE SET announced_at = excluded.announced_at, answered = excluded.answered,
            recorded = excluded.recorded, lost = excluded.lost, dropped = excluded.dropped,
            published = excluded.published, published_through = excluded.published_through,
            complete = excluded.complete, final = excluded.final
        """)
    private static let saveGaps: PostgreSQLStatement = """
        INSERT INTO journal_gaps AS own (journal, first, last, noticed_at)
        SELECT *, $4::bigint FROM unnest($1::text[], $2::bigint[], $3::bigint[])
        ON CONFLICT (journal, first) DO UPDATE SET last = excluded.last, noticed_at = excluded.noticed_at
        WHERE excluded.last > own.last
        """
    private static let selectHeld: PostgreSQLStatement = """
        SELECT journal, first, last FROM ledger_ranges
        WHERE NOT EXISTS (SELECT FROM journal_counts WHERE journal = ledger_ranges.journal AND folded)
        ORDER BY journal, first
        """
    private static let selectGaps: PostgreSQLStatement =
        "SELECT journal, first, last FROM journal_gaps ORDER BY journal, first"
    private static let selectLedgers = PostgreSQLStatement(
        """
        SELECT journal, \(columns), counted, orphaned
        FROM (SELECT journal FROM journal_accounts
            UNION SELECT journal FROM journal_counts WHERE counted > 0 OR orphaned > 0
            UNION SELECT journal FROM ledger_ranges
                WHERE NOT EXISTS (SELECT FROM journal_counts WHERE journal = ledger_ranges.journal AND folded)) AS known
        LEFT JOIN journal_counts USING (journal) LEFT JOIN journal_accounts USING (journal)
        ORDER BY journal
        """)

    /// Asks for what ``accounts(_:)`` reads.
    static func select(of journals: [String]) -> PostgreSQLCall { PostgreSQLCall(select, [.init(journals)]) }

    // text: a journal's name is a UUID.
    static func accounts(_ rows: PostgreSQLRows) throws -> [String: AnnouncedAccount] {
        var accounts: [String: AnnouncedAccount] = [:]  // text: as above.
        for row in rows { accounts[try row.text(0)] = try row.account(gaps: []) }
        return accounts
    }

    // text: a journal's name is a UUID.
    static func save(_ accounts: [String: AnnouncedAccount]) -> [PostgreSQLCall] {
        if accounts.isEmpty { return [] }
        let said = accounts.values.map(\.account)
        let values: [PostgreSQLValue] = [
            .init(Array(accounts.keys)), .init(accounts.values.map(\.announcedAt.milliseconds)),
            .init(said.map(\.answered)), .init(said.map(\.recorded)), .init(said.map(\.lost)),
            .init(said.map(\.dropped)), .init(said.map(\.published)), .init(said.map(\.publishedThrough)),
            .bools(said.map(\.isComplete)), .bools(accounts.values.map(\.isFinal)),
        ]
        return [PostgreSQLCall(save, values)]
    }

    /// Saves the gaps that are announced, also of a journal that is folded: a machine that comes back with a copy of it would
    /// be waited for.
    static func saveGaps(_ announcements: [JournalAnnouncement], at now: Timestamp) -> [PostgreSQLCall] {
        // text: a journal's name is a UUID.
        var gaps: [String: [Int64: Int64]] = [:]
        for announcement in announcements {
            guard let account = announcement.account, !account.isEmpty else { continue }
            let own = account.gaps.map { ($0.lowerBound, $0.upperBound) }
            gaps[announcement.journal, default: [:]].merge(own, uniquingKeysWith: max)
        }
        let rows = gaps.flatMap { journal, gaps in gaps.map { (journal, $0.key, $0.value) } }
        if rows.isEmpty { return [] }
        return [
            PostgreSQLCall(
                saveGaps,
                [.init(rows.map(\.0)), .init(rows.map(\.1)), .init(rows.map(\.2)), .int(now.milliseconds)])
        ]
    }

    /// See `StatsStore.journalLedgers()`.
    static func ledgers(_ session: PostgreSQLSession) throws -> [JournalLedger] {
        let results = try session.pipeline([
            PostgreSQLCall(selectHeld), PostgreSQLCall(selectGaps), PostgreSQLCall(selectLedgers),
        ])
        let (held, gaps) = (try ranges(results[0]), try ranges(results[1]))
        let ledgers = try results[2].map { row in
            let journal = try row.text(0)
            let account = try row.isNull(1) ? nil : row.account(gaps: gaps[journal] ?? [])
            return JournalLedger(
                journal: journal, account: account?.account, announcedAt: account?.announcedAt,
                isFinal: account?.isFinal ?? false, counted: Int(try row.optionalInt(10) ?? 0),
                orphaned: Int(try row.optionalInt(11) ?? 0), held: held[journal] ?? [])
        }
        return try ledgers + [FoldedJournals.ledger(session)].compactMap(\.self)
    }

    // text: a journal's name is a UUID.
    private static func ranges(_ rows: PostgreSQLRows) throws -> [String: [ClosedRange<Int64>]] {
        var ranges: [String: [ClosedRange<Int64>]] = [:]  // text: as above.
        for row in rows { ranges[try row.text(0), default: []].append(try row.int(1)...(try row.int(2))) }
        return ranges
    }
}

extension PostgreSQLRow {
    /// Reads the columns of the table behind the journal's name.
    fileprivate func account(gaps: [ClosedRange<Int64>]) throws -> AnnouncedAccount {
        let account = JournalAccount(
            answered: Int(try int(2)), recorded: Int(try int(3)), lost: Int(try int(4)), dropped: Int(try int(5)),
            published: Int(try int(6)), publishedThrough: try int(7), gaps: gaps, isComplete: try bool(8))
        return AnnouncedAccount(
            account, announcedAt: Timestamp(milliseconds: try int(1)), isFinal: try bool(9))
    }
}
#endif
