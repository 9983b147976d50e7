import GRDB
import ShrinkrBase
import ShrinkrStore

/// Keeps the ``JournalProgress`` of every holder of every journal.
struct JournalTable {
    private static let columns = """
        open_frame, open_partial, open_time, open_last, next_frame, next_partial, next_time, next_last, counted_through,
        announced_at, reach, finished
        """

    let database: Database

    /// The progress of each holder of a journal.
    // text: a holder's name is a UUID.
    private func progress(of journal: String) throws -> [String: JournalProgress] {
        let statement = try database.cachedStatement(
            sql: "SELECT holder, \(Self.columns) FROM journal_holders WHERE journal = ?")
        let rows = try Row.fetchAll(statement, arguments: [journal])
        return Dictionary(rows.map { ($0[0], $0.progress(of: journal)) }) { first, _ in first }
    }

    /// Takes an announcement.
    func announce(_ announcement: JournalAnnouncement, at now: Timestamp) throws {
        let journal = announcement.journal
        var holders = JournalHolders(journal: journal, try progress(of: journal))
        holders.announce(announcement, try Ledger(database: database).extent(of: journal, at: now), at: now)
        try save(holders)
    }

    /// Closes the statements about journals whose frames were just entered into the ledger.
    // text: a journal's name is a UUID.
    func settle(_ journals: Set<String>, at now: Timestamp) throws {
        let ledger = Ledger(database: database)
        for journal in journals {
            var holders = JournalHolders(journal: journal, try progress(of: journal))
            guard holders.isWaiting else { continue }
            holders.settle(try ledger.extent(of: journal, at: now))
            try save(holders)
        }
    }

    /// The conditions are those of ``JournalProgress/takesPart(silentSince:abandonedSince:)`` and
    /// ``JournalProgress/isReplaced(by:since:)``.
    func countedThrough(silentSince: Timestamp, abandonedSince: Timestamp, replacedSince: Timestamp) throws
        -> Timestamp?
    {
        let statement = try database.cachedStatement(
            sql: """
                SELECT min(counted_through) FROM journal_holders AS own
                WHERE NOT finished AND (announced_at >= ? OR open_frame IS NOT NULL AND announced_at >= ?)
                AND NOT (announced_at < ? AND (reach = 0 OR EXISTS (
                    SELECT 1 FROM journal_holders AS other
                    WHERE other.journal = own.journal AND other.reach >= own.reach
                    AND other.announced_at > own.announced_at)))
                """)
        let arguments: StatementArguments = [
            silentSince.milliseconds, abandonedSince.milliseconds, replacedSince.milliseconds,
        ]
        return Timestamp(stored: try Int64.fetchOne(statement, arguments: arguments))
    }

    private func save(_ holders: JournalHolders) throws {
        for (holder, progress) in holders.changed { try save(progress, of: holders.journal, holder: holder) }
        let delete = try database.cachedStatement(
            sql: "DELETE FROM journal_holders WHERE journal = ? AND holder = ?")
        for holder in holders.forgotten { try delete.execute(arguments: [holders.journal, holder]) }
    }

    private func save(_ progress: JournalProgress, of journal: String, holder: String) throws {
        let (open, next) = (progress.open, progress.next)
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO journal_holders (journal, holder, \(Self.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            journal, holder, open?.frame, open?.extent.partialText, open?.time.milliseconds, open?.isLast, next?.frame,
            next?.extent.partialText, next?.time.milliseconds, next?.isLast, progress.countedThrough.milliseconds,
            progress.announcedAt.milliseconds, progress.reach, progress.isFinished,
        ])
    }
}

extension Row {
    /// The holder's name and the columns of the table.
    fileprivate func progress(of journal: String) -> JournalProgress {
        JournalProgress(
            open: announcement(of: journal, at: 1), next: announcement(of: journal, at: 5),
            countedThrough: Timestamp(milliseconds: self[9]), announcedAt: Timestamp(milliseconds: self[10]),
            reach: self[11], isFinished: self[12])
    }

    /// The announcement in four columns from `column` on.
    private func announcement(of journal: String, at column: Int) -> JournalAnnouncement? {
        guard let frame: Int64 = self[column] else { return nil }
        return JournalAnnouncement(
            extent: JournalExtent(journal: journal, frame: frame, partialText: self[column + 1] ?? ""),
            holder: self[0], time: Timestamp(milliseconds: self[column + 2]), isLast: self[column + 3])
    }
}
