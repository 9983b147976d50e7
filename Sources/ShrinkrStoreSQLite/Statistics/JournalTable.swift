import GRDB
import ShrinkrCore
import ShrinkrStore

/// Keeps the ``JournalProgress`` of every journal.
struct JournalTable {
    let database: Database

    /// The progress of a journal; nil where it has announced nothing.
    func progress(of journal: String) throws -> JournalProgress? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT open_frame, open_time, open_last, next_frame, next_time, next_last, counted_through,
                    announced_at, finished
                FROM journals WHERE journal = ?
                """)
        return try Row.fetchOne(statement, arguments: [journal]).map { row in
            JournalProgress(
                open: row.announcement(of: journal, at: 0), next: row.announcement(of: journal, at: 3),
                countedThrough: Timestamp(milliseconds: row[6]), announcedAt: Timestamp(milliseconds: row[7]),
                isFinished: row[8])
        }
    }

    func save(_ progress: JournalProgress, of journal: String) throws {
        let (open, next) = (progress.open, progress.next)
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO journals (journal, open_frame, open_time, open_last, next_frame, next_time,
                    next_last, counted_through, announced_at, finished)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            journal, open?.frame, open?.time.milliseconds, open?.isLast, next?.frame, next?.time.milliseconds,
            next?.isLast, progress.countedThrough.milliseconds, progress.announcedAt.milliseconds, progress.isFinished,
        ])
    }

    /// Closes the statements of journals whose frames were just entered into the ledger.
    // text: a journal's name is a UUID.
    func settle(_ journals: Set<String>, at now: Timestamp) throws {
        let ledger = Ledger(database: database)
        for journal in journals {
            guard let before = try progress(of: journal) else { continue }
            var after = before
            after.settle(ledgerHoldsThrough: try ledger.holdsThrough(journal, at: now))
            if after != before { try save(after, of: journal) }
        }
    }
}

extension Row {
    /// The announcement in three columns from `column` on.
    fileprivate func announcement(of journal: String, at column: Int) -> JournalAnnouncement? {
        guard let frame: Int64 = self[column] else { return nil }
        return JournalAnnouncement(
            journal: journal, frame: frame, time: Timestamp(milliseconds: self[column + 1]), isLast: self[column + 2])
    }
}
