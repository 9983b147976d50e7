import GRDB
import ShrinkrCore
import ShrinkrStore

/// Which frames are counted, as ranges of frame numbers per journal: one row for a journal without gaps.
struct Ledger {
    let database: Database

    /// Enters a frame; false where it was there already.
    func enter(_ frame: FrameID) throws -> Bool {
        try enter(frame.number...frame.number, of: frame.journal)
    }

    /// Enters frames; false where all of them were there already.
    func enter(_ frames: ClosedRange<Int64>, of journal: String) throws -> Bool {
        let before = try database.cachedStatement(
            sql: "SELECT first, last FROM ledger_ranges WHERE journal = ? AND first <= ? ORDER BY first DESC LIMIT 1")
        let row = try Row.fetchOne(before, arguments: [journal, frames.lowerBound])
        if let row, frames.upperBound <= row[1] { return false }
        // The range that reaches up to the frames and those that begin in or right behind them become one.
        let last = max(frames.upperBound, try takeRanges(of: journal, behind: frames) ?? frames.upperBound)
        let first = if let row, frames.lowerBound <= (row[1] as Int64) + 1 { row[0] } else { frames.lowerBound }
        try database.cachedStatement(
            sql: """
                INSERT INTO ledger_ranges (journal, first, last) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET last = excluded.last
                """
        ).execute(arguments: [journal, first, last])
        return true
    }

    /// The last of the frames 1, 2, 3 … that are all counted; 0 where the first is not.
    func holdsThrough(_ journal: String) throws -> Int64 {
        let statement = try database.cachedStatement(
            sql: "SELECT last FROM ledger_ranges WHERE journal = ? AND first <= 1 AND last >= 1")
        return try Int64.fetchOne(statement, arguments: [journal]) ?? 0
    }

    /// Adds to what was counted in total.
    func addTotals(frames: Int, counted: Int, orphaned: Int) throws {
        try database.cachedStatement(
            sql: "UPDATE ledger_totals SET frames = frames + ?, counted = counted + ?, orphaned = orphaned + ?"
        ).execute(arguments: [frames, counted, orphaned])
    }

    /// Removes the ranges that begin behind the first of the frames and up to right behind the last, and returns where
    /// the last of them ends.
    private func takeRanges(of journal: String, behind frames: ClosedRange<Int64>) throws -> Int64? {
        let end = frames.upperBound < .max ? frames.upperBound + 1 : .max
        let condition = "journal = ? AND first > ? AND first <= ?"
        let arguments: StatementArguments = [journal, frames.lowerBound, end]
        let statement = try database.cachedStatement(sql: "SELECT max(last) FROM ledger_ranges WHERE \(condition)")
        guard let last = try Int64.fetchOne(statement, arguments: arguments) else { return nil }
        try database.cachedStatement(sql: "DELETE FROM ledger_ranges WHERE \(condition)").execute(arguments: arguments)
        return last
    }
}
