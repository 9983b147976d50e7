import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Which frames are counted, as ranges of frame numbers per journal: one row for a journal without gaps, and one for each
/// frame of which only the beginning is counted.
struct Ledger {
    let database: Database

    /// Enters a frame, and returns what of it is to be counted; nil where all of it was there already.
    func enter(_ frame: CountedFrame) throws -> CountedFrame? {
        if try enter(frame.id) {
            if frame.isPartial { try setPartial(frame.id, clicks: frame.clicks) }
            return frame
        }
        let known = try database.cachedStatement(
            sql: "SELECT clicks FROM partial_frames WHERE journal = ? AND frame = ?")
        guard let known = try Int.fetchOne(known, arguments: [frame.id.journal, frame.id.number]) else { return nil }
        guard frame.isPartial else {
            try database.cachedStatement(sql: "DELETE FROM partial_frames WHERE journal = ? AND frame = ?")
                .execute(arguments: [frame.id.journal, frame.id.number])
            return frame.clicks > known ? frame.behind(known) : nil
        }
        guard frame.clicks > known else { return nil }
        try setPartial(frame.id, clicks: frame.clicks)
        return frame.behind(known)
    }

    private func setPartial(_ frame: FrameID, clicks: Int) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO partial_frames (journal, frame, clicks) VALUES (?, ?, ?)"
        ).execute(arguments: [frame.journal, frame.number, clicks])
    }

    /// How much is counted of a journal.
    func extent(of journal: String, at now: Timestamp) throws -> LedgerExtent {
        let partial = try database.cachedStatement(sql: "SELECT frame, clicks FROM partial_frames WHERE journal = ?")
        let frames = try Row.fetchAll(partial, arguments: [journal]).map { ($0[0] as Int64, $0[1] as Int) }
        return LedgerExtent(
            frame: try holdsThrough(journal, at: now), partialFrames: Dictionary(frames) { first, _ in first })
    }

    /// How many frames of a journal are counted, be it only their beginning.
    func countedFrames(of journal: String) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT coalesce(sum(last - first + 1), 0) FROM ledger_ranges WHERE journal = ?")
        return try Int.fetchOne(statement, arguments: [journal]) ?? 0
    }

    /// Enters a frame's number; false where it was there already.
    private func enter(_ frame: FrameID) throws -> Bool {
        let before = try database.cachedStatement(
            sql: "SELECT first, last FROM ledger_ranges WHERE journal = ? AND first <= ? ORDER BY first DESC LIMIT 1")
        let row = try Row.fetchOne(before, arguments: [frame.journal, frame.number])
        if let row, frame.number <= row[1] { return false }
        // The range that begins right behind the frame becomes part of the one that ends with it.
        let last = try takeRange(of: frame.journal, after: frame.number) ?? frame.number
        if let row, row[1] == frame.number - 1 {
            try database.cachedStatement(sql: "UPDATE ledger_ranges SET last = ? WHERE journal = ? AND first = ?")
                .execute(arguments: [last, frame.journal, row[0] as Int64])
        } else {
            try database.cachedStatement(sql: "INSERT INTO ledger_ranges (journal, first, last) VALUES (?, ?, ?)")
                .execute(arguments: [frame.journal, frame.number, last])
        }
        return true
    }

    /// Writes a row and takes it back: an empty transaction, or a change to what is there already, would tell nothing.
    func probe() throws {
        try database.cachedStatement(sql: "INSERT INTO ledger_ranges (journal, first, last) VALUES ('', 0, 0)")
            .execute()
        try database.cachedStatement(sql: "DELETE FROM ledger_ranges WHERE journal = ''").execute()
    }

    /// The last of the frames 1, 2, 3 … that are all counted; 0 where the first is not. Gaps count as counted once they
    /// are old enough (``JournalProgress/gapPatience``).
    private func holdsThrough(_ journal: String, at now: Timestamp) throws -> Int64 {
        let counted = try database.cachedStatement(
            sql: """
                SELECT last FROM ledger_ranges WHERE journal = ?1 AND first <= ?2 AND last >= ?2
                ORDER BY first DESC LIMIT 1
                """)
        let gap = try database.cachedStatement(
            sql: """
                SELECT last FROM journal_gaps WHERE journal = ?1 AND first <= ?2 AND last >= ?2 AND noticed_at <= ?3
                ORDER BY first DESC LIMIT 1
                """)
        let noticed = now.advanced(by: .zero - JournalProgress.gapPatience).milliseconds
        var held: Int64 = 0
        while held < .max {
            let next =
                try Int64.fetchOne(counted, arguments: [journal, held + 1])
                ?? Int64.fetchOne(gap, arguments: [journal, held + 1, noticed])
            guard let next else { break }
            held = next
        }
        return held
    }

    /// Adds to what was counted of one journal.
    func add(_ tally: FrameTally, of journal: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO journal_counts (journal, counted, orphaned, announced) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET counted = counted + excluded.counted, orphaned = orphaned + excluded.orphaned,
                    announced = announced + excluded.announced
                """
        ).execute(arguments: [journal, tally.counted, tally.orphaned, tally.counted + tally.orphaned])
    }

    /// How far a journal is counted, and by whom; nil where nothing is.
    func counting(of journal: String) throws -> JournalCounting? {
        let ranges = try database.cachedStatement(
            sql: "SELECT first, last FROM ledger_ranges WHERE journal = ? ORDER BY first")
        let partial = try database.cachedStatement(sql: "SELECT frame, clicks FROM partial_frames WHERE journal = ?")
        let counts = try database.cachedStatement(
            sql: "SELECT counted + orphaned - announced FROM journal_counts WHERE journal = ?")
        let counted = try Row.fetchAll(ranges, arguments: [journal]).map { ($0[0] as Int64)...($0[1] as Int64) }
        guard !counted.isEmpty else { return nil }
        let partials = try Row.fetchAll(partial, arguments: [journal]).map { ($0[0] as Int64, $0[1] as Int) }
        return JournalCounting(
            ranges: counted, partialFrames: Dictionary(partials) { first, _ in first },
            clicksOfStrangers: try Int.fetchOne(counts, arguments: [journal]) ?? 0)
    }

    /// Removes the range that begins right after `number` and returns its end.
    private func takeRange(of journal: String, after number: Int64) throws -> Int64? {
        guard number < .max else { return nil }
        let statement = try database.cachedStatement(
            sql: "SELECT last FROM ledger_ranges WHERE journal = ? AND first = ?")
        guard let last = try Int64.fetchOne(statement, arguments: [journal, number + 1]) else { return nil }
        try database.cachedStatement(sql: "DELETE FROM ledger_ranges WHERE journal = ? AND first = ?")
            .execute(arguments: [journal, number + 1])
        return last
    }
}
