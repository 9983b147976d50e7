#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrStore

/// Keeps the ``JournalProgress`` of every holder of every journal.
enum JournalTable {
    private static let select: PostgreSQLStatement = """
        SELECT journal, holder, counted_through, announced_at, reach, finished, open_frame, open_partial, open_time,
            open_last, next_frame, next_partial, next_time, next_last
        FROM journal_holders WHERE journal = ANY ($1)
        """
    private static let save: PostgreSQLStatement = """
        INSERT INTO journal_holders (journal, holder, counted_through, announced_at, reach, finished, open_frame,
            open_partial, open_time, open_last, next_frame, next_partial, next_time, next_last)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[],
            $7::bigint[], $8::text[], $9::bigint[], $10::boolean[], $11::bigint[], $12::text[], $13::bigint[],
            $14::boolean[])
        ON CONFLICT (journal, holder) DO UPDATE SET counted_through = excluded.counted_through,
            announced_at = excluded.announced_at, reach = excluded.reach, finished = excluded.finished,
            open_frame = excluded.open_frame, open_partial = excluded.open_partial, open_time = excluded.open_time,
            open_last = excluded.open_last, next_frame = excluded.next_frame, next_partial = excluded.next_partial,
            next_time = excluded.next_time, next_last = excluded.next_last
        """
    private static let delete: PostgreSQLStatement = """
        DELETE FROM journal_holders AS own USING unnest($1::text[], $2::text[]) AS gone (journal, holder)
        WHERE own.journal = gone.journal AND own.holder = gone.holder
        """
    /// The conditions are those of ``JournalProgress/takesPart(silentSince:abandonedSince:)`` and
    /// ``JournalProgress/isReplaced(by:since:)``.
    static let countedThrough: PostgreSQLStatement = """
        SELECT min(counted_through) FROM journal_holders AS own
        WHERE NOT finished AND (announced_at >= $1 OR open_frame IS NOT NULL AND announced_at >= $2)
        AND NOT (announced_at < $3 AND (reach = 0 OR EXISTS (
            SELECT FROM journal_holders AS other
            WHERE other.journal = own.journal AND other.reach >= own.reach AND other.announced_at > own.announced_at)))
        """

    /// Asks for what ``holders(_:)`` reads.
    static func select(of journals: [String]) -> PostgreSQLCall { PostgreSQLCall(select, [.init(journals)]) }

    /// The holders of each journal.
    // text: a journal's name is a UUID.
    static func holders(_ rows: PostgreSQLRows) throws -> [String: JournalHolders] {
        var holders: [String: [String: JournalProgress]] = [:]  // text: as above.
        for row in rows {
            holders[try row.text(0), default: [:]][try row.text(1)] = try row.progress()
        }
        return Dictionary(uniqueKeysWithValues: holders.map { ($0, JournalHolders(journal: $0, $1)) })
    }

    /// Saves what has changed.
    static func save(_ holders: some Sequence<JournalHolders>) -> [PostgreSQLCall] {
        let changed = holders.flatMap { journal in journal.changed.map { (journal.journal, $0.key, $0.value) } }
        let gone = holders.flatMap { journal in journal.forgotten.map { (journal.journal, $0) } }
        var calls: [PostgreSQLCall] = []
        if !changed.isEmpty {
            let progress = changed.map(\.2)
            calls.append(
                PostgreSQLCall(
                    save,
                    [
                        .init(changed.map(\.0)), .init(changed.map(\.1)),
                        .init(progress.map(\.countedThrough.milliseconds)),
                        .init(progress.map(\.announcedAt.milliseconds)), .init(progress.map(\.reach)),
                        .bools(progress.map(\.isFinished)),
                    ] + values(progress.map(\.open)) + values(progress.map(\.next))))
        }
        if !gone.isEmpty { calls.append(PostgreSQLCall(delete, [.init(gone.map(\.0)), .init(gone.map(\.1))])) }
        return calls
    }

    /// The four columns of a statement.
    private static func values(_ statements: [JournalAnnouncement?]) -> [PostgreSQLValue] {
        [
            .ints(statements.map { $0?.frame }), .init(statements.map { $0?.extent.partialText ?? "" }),
            .ints(statements.map { $0?.time.milliseconds }), .bools(statements.map { $0?.isLast ?? false }),
        ]
    }
}

extension PostgreSQLRow {
    fileprivate func progress() throws -> JournalProgress {
        JournalProgress(
            open: try announcement(at: 6), next: try announcement(at: 10),
            countedThrough: Timestamp(milliseconds: try int(2)), announcedAt: Timestamp(milliseconds: try int(3)),
            reach: try int(4), isFinished: try bool(5))
    }

    /// The announcement in four columns from `column` on.
    private func announcement(at column: Int) throws -> JournalAnnouncement? {
        guard let frame = try optionalInt(column), let time = try optionalInt(column + 2) else { return nil }
        return JournalAnnouncement(
            extent: JournalExtent(journal: try text(0), frame: frame, partialText: try text(column + 1)),
            holder: try text(1), time: Timestamp(milliseconds: time), isLast: try bool(column + 3))
    }
}
#endif
