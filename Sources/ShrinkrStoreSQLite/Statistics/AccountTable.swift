import GRDB
import ShrinkrBase
import ShrinkrStore

/// Keeps what journals say of themselves, and puts it beside what was counted of them.
struct AccountTable {
    let database: Database

    /// Merges what a holder says into the account of its journal; see ``JournalAccount/merged(with:isFinal:)``.
    ///
    /// The account is as new as its journal's own process says, or a holder that has as much of it.
    func save(_ account: JournalAccount, _ announcement: JournalAnnouncement, at now: Timestamp) throws {
        let journal = announcement.journal
        if account.isEmpty { return }
        try save(account.gaps, of: journal, at: now)
        let isFolded = try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT folded FROM journal_counts WHERE journal = ?"), arguments: [journal])
        if isFolded == true { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO journal_accounts (journal, announced_at, answered, recorded, lost, dropped, published,
                    published_through, complete, final)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT DO UPDATE SET
                    announced_at = iif(?11 OR ?4 >= recorded, ?2, announced_at),
                    final = iif(?11 OR ?4 >= recorded, ?10, final),
                    answered = iif(?10 AND ?4 >= recorded, ?3, max(answered, ?3)), recorded = max(recorded, ?4), lost = max(lost, ?5),
                    dropped = max(dropped, ?6), published = max(published, ?7),
                    published_through = max(published_through, ?8), complete = min(complete, ?9)
                """
        ).execute(arguments: [
            journal, now.milliseconds, account.answered, account.recorded, account.lost, account.dropped,
            account.published, account.publishedThrough, account.isComplete, announcement.isLast, announcement.isOwn,
        ])
    }

    /// Also of a journal that is folded: a machine that comes back with a copy of it would be waited for.
    private func save(_ gaps: [ClosedRange<Int64>], of journal: String, at now: Timestamp) throws {
        let gap = try database.cachedStatement(
            sql: """
                INSERT INTO journal_gaps (journal, first, last, noticed_at) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET last = excluded.last, noticed_at = excluded.noticed_at
                WHERE excluded.last > last
                """)
        for range in gaps {
            try gap.execute(arguments: [journal, range.lowerBound, range.upperBound, now.milliseconds])
        }
    }

    /// See `StatsStore.journalLedgers()`.
    func ledgers() throws -> [JournalLedger] {
        let held = try ranges(
            """
            SELECT journal, first, last FROM ledger_ranges
            WHERE journal NOT IN (SELECT journal FROM journal_counts WHERE folded)
            """)
        let gaps = try ranges("SELECT journal, first, last FROM journal_gaps")
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT journal, counted, orphaned, announced_at, answered, recorded, lost, dropped, published,
                    published_through, complete, final
                FROM (SELECT journal FROM journal_accounts
                    UNION SELECT journal FROM journal_counts WHERE NOT folded OR counted > 0 OR orphaned > 0
                    UNION SELECT journal FROM ledger_ranges
                        WHERE journal NOT IN (SELECT journal FROM journal_counts WHERE folded))
                LEFT JOIN journal_counts USING (journal) LEFT JOIN journal_accounts USING (journal)
                ORDER BY journal
                """)
        let ledgers = rows.map { row in
            let journal: String = row[0]
            let announcedAt = Timestamp(stored: row[3])
            return JournalLedger(
                journal: journal, account: announcedAt.map { _ in row.account(gaps: gaps[journal] ?? []) },
                announcedAt: announcedAt, isFinal: row[11] ?? false, counted: row[1] ?? 0, orphaned: row[2] ?? 0,
                held: held[journal] ?? [])
        }
        return try ledgers + [FoldedJournals(database: database).ledger()].compactMap(\.self)
    }

    // text: a journal's name is a UUID.
    private func ranges(_ query: String) throws -> [String: [ClosedRange<Int64>]] {
        var ranges: [String: [ClosedRange<Int64>]] = [:]  // text: as above.
        let rows = try Row.fetchCursor(database, sql: "\(query) ORDER BY journal, first")
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
