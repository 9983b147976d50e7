#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// Adds merged counts to the tables within a transaction, in two round trips: one that locks the links' buckets and the
/// sketches of their visitors, and one that adds what follows from the first. Where a link may have too many values, there
/// is one in between.
struct CountWriter: Sendable {
    private static let addBuckets: PostgreSQLStatement = """
        INSERT INTO clicks_by_bucket AS own (bucket, code, people, bots, values_at_most)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
        ON CONFLICT (bucket, code) DO UPDATE SET people = own.people + excluded.people, bots = own.bots + excluded.bots
        RETURNING bucket, code, people + bots, values_at_most
        """
    private static let addPeriods: PostgreSQLStatement = """
        INSERT INTO report_periods AS own (kind, period, generation)
        SELECT *, 1 FROM unnest($1::bigint[], $2::bigint[])
        ON CONFLICT (kind, period) DO UPDATE SET generation = own.generation + 1
        """

    /// A window's rows are sorted in memory, and not in files.
    private static let sortInMemory: PostgreSQLStatement = "SELECT pg_catalog.set_config('work_mem', '32MB', true)"

    private let places: [LinkPlace]
    private let periods: [ReportPeriod]
    private let values: ValueWriter
    private let visitors: VisitorWriter<VisitorSketch>

    /// - Parameter orphans: codes that were never issued, of which nothing is added; a click of a link that was deleted since
    ///   was made all the same.
    init(_ counts: MergedCounts, orphans: Set<ShortCode>) {
        let isIssued = counts.codes.map { !orphans.contains($0) }
        places = counts.places.filter { isIssued[$0.link] }.map { LinkPlace($0, of: counts) }
        values = ValueWriter(places)
        periods = counts.periods(where: isIssued).sorted { ($0.kind.rawValue, $0.index) < ($1.kind.rawValue, $1.index) }
        visitors = VisitorWriter([VisitorAddition](counts.visitors.filter { !orphans.contains($0.code) }))
    }

    /// Adds the counts, after the calls of `opening` and before those of `closing`.
    ///
    /// - Parameter closing: gets what the opening calls returned.
    func add(
        _ session: PostgreSQLSession, opening: [PostgreSQLCall],
        closing: ([PostgreSQLRows]) throws -> [PostgreSQLCall]
    ) throws {
        let entered = try session.pipeline(
            opening + [PostgreSQLCall(Self.sortInMemory), PostgreSQLCall(Self.addBuckets, bucketValues)]
                + visitors.enter())
        let results = entered.dropFirst(opening.count + 1)
        let known = try results.first.map { try knownValues($0) } ?? []
        let crowded = try session.pipeline(values.selectCrowded(known))
        try session.pipeline(
            closing(Array(entered.prefix(opening.count))) + values.add(crowded, known)
                + visitors.save(Array(results.dropFirst()), session)
                + [PostgreSQLCall(Self.addPeriods, periodValues)])
    }

    /// Of each place, how many values of one dimension it had at most; nil where it was not there before. It was not where
    /// all clicks are those that were just added.
    private func knownValues(_ rows: PostgreSQLRows) throws -> [Int?] {
        var numbers: [LinkBucket: Int] = [:]
        for (number, place) in places.enumerated() { numbers[place.id] = number }
        var known: [Int?] = places.map { _ in nil }
        for row in rows {
            guard let code = ShortCode(try row.text(1)) else { continue }
            let id = LinkBucket(bucket: TimeBucket(index: try row.int(0)), code: code)
            guard let number = numbers[id] else { continue }
            let clicks = places[number].tally.clicks
            let all = try row.int(2)
            if clicks == 0 || all > clicks { known[number] = Int(try row.int(3)) }
        }
        return known
    }

    private var bucketValues: [PostgreSQLValue] {
        [
            .init(places.map(\.id.bucket.index)), .init(places.map(\.id.code.text)),
            .init(places.map(\.tally.people)), .init(places.map(\.tally.bots)),
            .init(places.map(\.mostValues)),
        ]
    }

    private var periodValues: [PostgreSQLValue] {
        [.init(periods.map(\.kind.rawValue)), .init(periods.map(\.index))]
    }
}
#endif
