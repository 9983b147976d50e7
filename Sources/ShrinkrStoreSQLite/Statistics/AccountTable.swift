import GRDB
import ShrinkrCore
import ShrinkrStore

/// Keeps what journals say of themselves, and puts it beside what was counted of them.
struct AccountTable {
    let database: Database

    func save(_ account: JournalAccount, of journal: String, at now: Timestamp) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO journal_accounts (journal, announced_at, answered, recorded, lost, dropped,
                    published, published_through, complete)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            journal, now.milliseconds, account.answered, account.recorded, account.lost, account.dropped,
            account.published, account.publishedThrough, account.isComplete,
        ])
        let gap = try database.cachedStatement(
            sql: """
                INSERT INTO journal_gaps (journal, first, last, noticed_at) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET last = excluded.last, noticed_at = excluded.noticed_at
                WHERE excluded.last > last
                """)
        for range in account.gaps {
            try gap.execute(arguments: [journal, range.lowerBound, range.upperBound, now.milliseconds])
        }
    }

    /// See `StatsStore.journalLedgers()`.
    func ledgers() throws -> [JournalLedger] {
        let (held, gaps) = (try ranges("ledger_ranges"), try ranges("journal_gaps"))
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT journal, counted, orphaned, announced_at, answered, recorded, lost, dropped, published,
                    published_through, complete
                FROM (SELECT journal FROM journal_accounts UNION SELECT journal FROM ledger_ranges)
                LEFT JOIN journal_counts USING (journal) LEFT JOIN journal_accounts USING (journal)
                ORDER BY journal
                """)
        return rows.map { row in
            let journal: String = row[0]
            let announcedAt = Timestamp(stored: row[3])
            return JournalLedger(
                journal: journal, account: announcedAt.map { _ in row.account(gaps: gaps[journal] ?? []) },
                announcedAt: announcedAt, counted: row[1] ?? 0, orphaned: row[2] ?? 0, held: held[journal] ?? [])
        }
    }

    // text: a journal's name is a UUID.
    private func ranges(_ table: String) throws -> [String: [ClosedRange<Int64>]] {
        var ranges: [String: [ClosedRange<Int64>]] = [:]  // text: as above.
        let rows = try Row.fetchCursor(
            database, sql: "SELECT journal, first, last FROM \(table) ORDER BY journal, first")
        while let row = try rows.next() { ranges[row[0], default: []].append(row[1]...row[2]) }
        return ranges
    }
}

extension Row {
    fileprivate func account(gaps: [ClosedRange<Int64>]) -> JournalAccount {
        JournalAccount(
            answered: self[4], recorded: self[5], lost: self[6], dropped: self[7], published: self[8],
            publishedThrough: self[9], gaps: gaps, isComplete: self[10])
    }
}
