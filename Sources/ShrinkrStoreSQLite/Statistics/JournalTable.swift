import GRDB
import ShrinkrCore
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
    func progress(of journal: String) throws -> [String: JournalProgress] {
        let statement = try database.cachedStatement(
            sql: "SELECT holder, \(Self.columns) FROM journal_holders WHERE journal = ?")
        let rows = try Row.fetchAll(statement, arguments: [journal])
        return Dictionary(rows.map { ($0[0], $0.progress(of: journal)) }) { first, _ in first }
    }

    /// Takes an announcement.
    func announce(_ announcement: JournalAnnouncement, at now: Timestamp) throws {
        let journal = announcement.journal
        let known = try progress(of: journal)
        var progress =
            known[announcement.holder]
            ?? JournalProgress(countedThrough: known[journal]?.countedThrough ?? Timestamp(milliseconds: 0))
        progress.announce(announcement, at: now)
        progress.settle(try Ledger(database: database).extent(of: journal, at: now))
        try save(progress, of: journal, holder: announcement.holder)
    }

    /// Closes the statements about journals whose frames were just entered into the ledger.
    // text: a journal's name is a UUID.
    func settle(_ journals: Set<String>, at now: Timestamp) throws {
        let ledger = Ledger(database: database)
        for journal in journals {
            let holders = try progress(of: journal)
            guard !holders.isEmpty else { continue }
            let extent = try ledger.extent(of: journal, at: now)
            for (holder, before) in holders {
                var after = before
                after.settle(extent)
                if after != before { try save(after, of: journal, holder: holder) }
            }
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

    private func save(_ progress: JournalProgress, of journal: String, holder: String) throws {
        let (open, next) = (progress.open, progress.next)
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO journal_holders (journal, holder, \(Self.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            journal, holder, open?.frame, open?.partialText, open?.time.milliseconds, open?.isLast, next?.frame,
            next?.partialText, next?.time.milliseconds, next?.isLast, progress.countedThrough.milliseconds,
            progress.announcedAt.milliseconds, progress.reach, progress.isFinished,
        ])
    }
}

extension JournalAnnouncement {
    /// How many clicks its partial frames hold: `7:12,9:1`.
    fileprivate var partialText: String {
        extent.partialFrames.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
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
        let partial = (self[column + 1] as String? ?? "").utf8.split(separator: UInt8(ascii: ",")).compactMap {
            pair -> (Int64, Int)? in
            let numbers = pair.split(separator: UInt8(ascii: ":")).compactMap { Int64(Substring($0)) }
            return numbers.count == 2 ? (numbers[0], Int(numbers[1])) : nil
        }
        return JournalAnnouncement(
            extent: JournalExtent(
                journal: journal, frame: frame, partialFrames: Dictionary(partial) { first, _ in first }),
            holder: self[0], time: Timestamp(milliseconds: self[column + 2]), isLast: self[column + 3])
    }
}
