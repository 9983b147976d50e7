import GRDB
import ShrinkrBase
import ShrinkrStore

/// The sum of the journals that are done with; see `StatsStore.foldJournals(finishedBefore:silentBefore:)`.
struct FoldedJournals {
    /// Most journals that one transaction folds.
    static let atATime = 100

    let database: Database

    /// The sum as one ledger; nil while nothing is folded.
    func ledger() throws -> JournalLedger? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT answered, recorded, lost, dropped, published, counted, orphaned, announced_at
                FROM folded_journals WHERE journals > 0
                """)
        return row.map { row in
            JournalLedger(
                journal: JournalLedger.folded,
                account: JournalAccount(
                    answered: row[0], recorded: row[1], lost: row[2], dropped: row[3], published: row[4],
                    publishedThrough: 0),
                announcedAt: Timestamp(milliseconds: row[7]), isFinal: true, counted: row[5], orphaned: row[6],
                held: [])
        }
    }

    /// Folds some journals, and returns how many.
    func fold(finishedBefore: Timestamp, silentBefore: Timestamp) throws -> Int {
        let journals = try String.fetchAll(
            database,
            sql: """
                SELECT journal FROM journal_holders GROUP BY journal
                HAVING max(announced_at) < ? OR min(finished OR reach = 0) AND max(announced_at) < ? LIMIT ?
                """, arguments: [silentBefore.milliseconds, finishedBefore.milliseconds, Self.atATime])
        for journal in journals { try fold(journal) }
        return journals.count
    }

    private func fold(_ journal: String) throws {
        // Whose account is folded already may have been spoken of again.
        let add = try database.cachedStatement(
            sql: """
                UPDATE folded_journals SET answered = folded_journals.answered + part.answered,
                    recorded = folded_journals.recorded + part.recorded, lost = folded_journals.lost + part.lost,
                    dropped = folded_journals.dropped + part.dropped,
                    published = folded_journals.published + part.published, journals = journals + 1,
                    counted = folded_journals.counted + part.counted,
                    orphaned = folded_journals.orphaned + part.orphaned,
                    announced_at = max(folded_journals.announced_at, part.announced_at)
                FROM (SELECT answered, recorded, lost, dropped, published, announced_at, coalesce(c.counted, 0) AS counted,
                        coalesce(c.orphaned, 0) AS orphaned
                    FROM journal_accounts AS a LEFT JOIN journal_counts AS c ON c.journal = a.journal
                    WHERE a.journal = ?) AS part
                """)
        try add.execute(arguments: [journal])
        let mark = try database.cachedStatement(
            sql: """
                INSERT INTO journal_counts (journal, counted, orphaned, folded)
                SELECT journal, 0, 0, 1 FROM journal_accounts WHERE journal = ?
                ON CONFLICT DO UPDATE SET counted = 0, orphaned = 0, folded = 1
                """)
        try mark.execute(arguments: [journal])
        for table in ["journal_holders", "journal_accounts"] {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE journal = ?").execute(arguments: [journal])
        }
    }
}
