#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore
import Synchronization

/// Finds the changes that have no settled place in the feed yet, though they are committed: those behind the oldest
/// transaction that is at work, be it in another database of the server. It may go on for hours, and a change is to be
/// seen now.
///
/// They are what one snapshot sees and the one before did not: the changes of transactions that were at work then, or
/// began later ("Transaction ID and Snapshot Information Functions" in PostgreSQL's documentation). Each is told once
/// here, and again by the feed, once it is settled.
final class UnsettledChanges: Sendable {
    private struct State {
        /// The snapshot (`pg_snapshot`) up to which all is told; nil before anybody follows the feed.
        var told: String?
        /// While there are more changes than were told at once: up to which snapshot, and behind which transaction.
        var rest: (snapshot: String, position: Int64)?
    }

    private static let select: PostgreSQLStatement = """
        SELECT pg_snapshot_xmin(now), now::text, NULL::xid8, NULL::text FROM pg_current_snapshot() AS now
        UNION ALL
        SELECT NULL, NULL, change_xid, code FROM (
            SELECT change_xid, code FROM (
                SELECT change_xid, code FROM links WHERE change_xid >= pg_snapshot_xmax($1::text::pg_snapshot)
                UNION ALL
                SELECT change_xid, code FROM links
                WHERE change_xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot)))) AS new
            WHERE change_xid > $2::text::xid8 AND change_xid >= pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY change_xid FETCH FIRST ($3) ROWS WITH TIES) AS page
        """

    private let state = Mutex(State())

    /// Takes up the feed, where it is not followed yet: only changes that `snapshot` does not see are told.
    ///
    /// - Parameter again: whether it is the feed of another database than before.
    func begin(_ snapshot: String, again: Bool) {
        state.withLock { state in
            if again || state.told == nil { state = State(told: snapshot) }
        }
    }

    /// The codes of links whose changes were not told yet. One task at a time asks.
    ///
    /// - Parameter limit: most changes; more where one transaction made them. The next call tells the rest.
    func next(limit: Int, _ pool: PostgreSQLPool) async throws -> [ShortCode] {
        let (told, rest) = state.withLock { ($0.told, $0.rest) }
        guard let told else { return [] }
        let rows = try await pool.query(
            Self.select, [.text(told), .text(String(rest?.position ?? 0)), .int(Int64(max(0, limit)))])
        guard let head = try rows.first(where: { try !$0.isNull(1) }) else { return [] }
        let (oldest, snapshot) = (try head.int(0), try head.text(1))
        let changes = try rows.filter { try !$0.isNull(2) }
        // In another life of the database transactions have other numbers.
        let isReset = oldest < Self.oldest(told)
        let last = try changes.map { try $0.int(2) }.max()
        state.withLock { state in
            let end = isReset ? snapshot : rest?.snapshot ?? snapshot
            if !isReset, changes.count >= limit, let last {
                state.rest = (end, last)
            } else {
                state = State(told: end)
            }
        }
        return try changes.compactMap { ShortCode(try $0.text(3)) }
    }

    /// The oldest transaction that was at work: a snapshot's text begins with it.
    private static func oldest(_ snapshot: String) -> Int64 {
        snapshot.utf8.split(separator: UInt8(ascii: ":")).first.flatMap { String($0) }.flatMap { Int64($0) } ?? 0
    }
}
#endif
