#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Which frames are counted, as ranges of frame numbers per journal: one row for a journal without gaps, and one for each
/// frame of which only the beginning is counted.
enum Ledger {
    /// For each journal the range that begins last at or before its lowest frame, and those behind that up to the frame
    /// after its highest.
    private static let selectRanges: PostgreSQLStatement = """
        SELECT journal, near.first, near.last FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS given (journal, low, high)
        CROSS JOIN LATERAL (
            (SELECT first, last FROM ledger_ranges AS own WHERE own.journal = given.journal AND first <= low
                ORDER BY first DESC LIMIT 1)
            UNION ALL
            SELECT first, last FROM ledger_ranges AS own
                WHERE own.journal = given.journal AND first > low AND first <= high) AS near
        ORDER BY journal, first
        """
    private static let selectPartials: PostgreSQLStatement =
        "SELECT journal, frame, clicks FROM partial_frames WHERE journal = ANY ($1)"
    private static let deleteRanges: PostgreSQLStatement = """
        DELETE FROM ledger_ranges AS own USING unnest($1::text[], $2::bigint[]) AS gone (journal, first)
        WHERE own.journal = gone.journal AND own.first = gone.first
        """
    private static let saveRanges: PostgreSQLStatement = """
        INSERT INTO ledger_ranges (journal, first, last) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
        ON CONFLICT (journal, first) DO UPDATE SET last = excluded.last
        """
    private static let deletePartials: PostgreSQLStatement = """
        DELETE FROM partial_frames AS own USING unnest($1::text[], $2::bigint[]) AS gone (journal, frame)
        WHERE own.journal = gone.journal AND own.frame = gone.frame
        """
    private static let savePartials: PostgreSQLStatement = """
        INSERT INTO partial_frames (journal, frame, clicks) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
        ON CONFLICT (journal, frame) DO UPDATE SET clicks = excluded.clicks
        """
    /// The last of the frames 1, 2, 3 … that are all counted; 0 where the first is not. Gaps count as counted once they
    /// are old enough (``JournalProgress/gapPatience``).
    private static let selectHeld = PostgreSQLStatement(
        """
        WITH RECURSIVE held (journal, through) AS (
            SELECT journal, 0::bigint FROM unnest($1::text[]) AS journal
            UNION ALL
            SELECT held.journal, next.last FROM held CROSS JOIN LATERAL (
                SELECT last FROM (
                    (SELECT 1 AS place, last FROM ledger_ranges AS own
                        WHERE own.journal = held.journal AND first <= through + 1 ORDER BY first DESC LIMIT 1)
                    UNION ALL
                    (SELECT 2, last FROM journal_gaps AS own
                        WHERE own.journal = held.journal AND first <= through + 1 AND last > through AND noticed_at <= $2
                        ORDER BY first DESC LIMIT 1)) AS candidate
                WHERE last > through ORDER BY place LIMIT 1) AS next
            WHERE through < \(Int64.max))
        SELECT journal, max(through) FROM held GROUP BY journal
        """)
    private static let countFrames: PostgreSQLStatement =
        "SELECT journal, sum(last - first + 1)::bigint FROM ledger_ranges WHERE journal = ANY ($1) GROUP BY journal"
    private static let addCounts: PostgreSQLStatement = """
        UPDATE journal_counts AS own SET counted = own.counted + new.counted, orphaned = own.orphaned + new.orphaned,
            announced = own.announced + new.counted + new.orphaned
        FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new (journal, counted, orphaned)
        WHERE own.journal = new.journal
        """
    private static let insertProbe: PostgreSQLStatement =
        "INSERT INTO ledger_ranges (journal, first, last) VALUES ('', 0, 0)"
    private static let deleteProbe: PostgreSQLStatement = "DELETE FROM ledger_ranges WHERE journal = ''"

    /// Writes a row and takes it back: an empty transaction would tell nothing.
    static let probe = [PostgreSQLCall(insertProbe), PostgreSQLCall(deleteProbe)]

    /// Asks for what ``pages(_:_:)`` reads.
    static func select(_ frames: [CountedFrame]) -> [PostgreSQLCall] {
        // text: a journal's name is a UUID.
        var spans: [String: ClosedRange<Int64>] = [:]
        for frame in frames {
            let (journal, number) = (frame.id.journal, frame.id.number)
            let span = spans[journal] ?? number...number
            spans[journal] = min(span.lowerBound, number)...max(span.upperBound, number)
        }
        return [
            PostgreSQLCall(
                selectRanges,
                [
                    .init(Array(spans.keys)), .init(spans.values.map(\.lowerBound)),
                    .init(spans.values.map { $0.upperBound == .max ? .max : $0.upperBound + 1 }),
                ]), selectPartials(of: Array(spans.keys)),
        ]
    }

    /// Asks for what ``partials(_:)`` reads.
    static func selectPartials(of journals: [String]) -> PostgreSQLCall {
        PostgreSQLCall(selectPartials, [.init(journals)])
    }

    // text: a journal's name is a UUID.
    static func pages(_ rangeRows: PostgreSQLRows, _ partialRows: PostgreSQLRows) throws -> [String: LedgerPage] {
        var ranges: [String: [ClosedRange<Int64>]] = [:]  // text: as above.
        for row in rangeRows { ranges[try row.text(0), default: []].append(try row.int(1)...(try row.int(2))) }
        let partials = try partials(partialRows)
        var pages = partials.mapValues { LedgerPage(ranges: [], partialFrames: $0) }
        for (journal, ranges) in ranges {
            pages[journal] = LedgerPage(ranges: ranges, partialFrames: partials[journal] ?? [:])
        }
        return pages
    }

    /// The clicks that are counted of partial frames, by journal.
    // text: a journal's name is a UUID.
    static func partials(_ rows: PostgreSQLRows) throws -> [String: [Int64: Int]] {
        var partials: [String: [Int64: Int]] = [:]  // text: as above.
        for row in rows { partials[try row.text(0), default: [:]][try row.int(1)] = Int(try row.int(2)) }
        return partials
    }

    /// Saves what has changed.
    // text: a journal's name is a UUID.
    static func save(_ pages: [String: LedgerPage]) -> [PostgreSQLCall] {
        let removed = pages.flatMap { journal, page in page.removedRanges.map { (journal, $0) } }
        let changed = pages.flatMap { journal, page in page.changedRanges.map { (journal, $0) } }
        let completed = pages.flatMap { journal, page in page.completedFrames.map { (journal, $0) } }
        let partial = pages.flatMap { journal, page in page.changedPartials.map { (journal, $0.key, $0.value) } }
        let calls: [(isEmpty: Bool, call: PostgreSQLCall)] = [
            (removed.isEmpty, PostgreSQLCall(deleteRanges, [.init(removed.map(\.0)), .init(removed.map(\.1))])),
            (
                changed.isEmpty,
                PostgreSQLCall(
                    saveRanges,
                    [
                        .init(changed.map(\.0)), .init(changed.map(\.1.lowerBound)),
                        .init(changed.map(\.1.upperBound)),
                    ])
            ),
            (
                completed.isEmpty,
                PostgreSQLCall(deletePartials, [.init(completed.map(\.0)), .init(completed.map(\.1))])
            ),
            (
                partial.isEmpty,
                PostgreSQLCall(
                    savePartials, [.init(partial.map(\.0)), .init(partial.map(\.1)), .init(partial.map(\.2))])
            ),
        ]
        return calls.filter { !$0.isEmpty }.map(\.call)
    }

    /// Asks for what ``held(_:)`` reads.
    static func selectHeld(of journals: [String], at now: Timestamp) -> PostgreSQLCall {
        let noticed = now.advanced(by: .zero - JournalProgress.gapPatience).milliseconds
        return PostgreSQLCall(selectHeld, [.init(journals), .int(noticed)])
    }

    /// Asks how many frames of each journal are counted, be it only their beginning; see ``held(_:)``.
    static func countFrames(of journals: [String]) -> PostgreSQLCall {
        PostgreSQLCall(countFrames, [.init(journals)])
    }

    /// A number for each journal.
    // text: a journal's name is a UUID.
    static func held(_ rows: PostgreSQLRows) throws -> [String: Int64] {
        var numbers: [String: Int64] = [:]  // text: as above.
        for row in rows { numbers[try row.text(0)] = try row.int(1) }
        return numbers
    }

    /// Adds to what was counted of each journal.
    // text: a journal's name is a UUID.
    static func add(_ tallies: [String: FrameTally]) -> PostgreSQLCall {
        PostgreSQLCall(
            addCounts,
            [
                .init(Array(tallies.keys)), .init(tallies.values.map(\.counted)),
                .init(tallies.values.map(\.orphaned)),
            ])
    }
}
#endif
