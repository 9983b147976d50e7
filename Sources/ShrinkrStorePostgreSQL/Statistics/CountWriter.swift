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

    private let buckets: [(key: LinkBucket, tally: Tally)]
    private let periods: [ReportPeriod]
    private let values: ValueWriter
    private let visitors: VisitorWriter<VisitorSketch>

    /// - Parameter links: of codes that were issued; a click of a link that was deleted since was made all the same.
    init(_ links: [(key: ShortCode, value: LinkCounts)]) {
        values = ValueWriter(links)
        var buckets: [LinkBucket: Tally] = [:]
        for (code, counts) in links {
            for (bucket, tally) in counts.buckets { buckets[LinkBucket(bucket: bucket, code: code)] = tally }
        }
        // Values have a bucket that is locked, be it without clicks.
        buckets.merge(values.buckets.map { ($0, Tally()) }) { own, _ in own }
        self.buckets = buckets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        periods = links.reduce(into: Set()) { $0.formUnion($1.value.periods) }
            .sorted { ($0.kind.rawValue, $0.index) < ($1.kind.rawValue, $1.index) }
        visitors = VisitorWriter([VisitorAddition](links))
    }

    /// Adds the counts, after the calls of `opening` and before those of `closing`.
    ///
    /// - Parameter closing: gets what the opening calls returned.
    func add(
        _ session: PostgreSQLSession, opening: [PostgreSQLCall],
        closing: ([PostgreSQLRows]) throws -> [PostgreSQLCall]
    ) throws {
        let entered = try session.pipeline(
            opening + [PostgreSQLCall(Self.addBuckets, bucketValues)] + visitors.enter())
        let results = entered.dropFirst(opening.count)
        let old = try results.first.map { try oldBuckets($0) } ?? [:]
        let crowded = try session.pipeline(values.selectCrowded(old))
        try session.pipeline(
            closing(Array(entered.prefix(opening.count))) + values.add(crowded, old)
                + visitors.save(Array(results.dropFirst()), session)
                + [PostgreSQLCall(Self.addPeriods, periodValues)])
    }

    /// The buckets that were there before, and how many values of one dimension each has at most. In others all clicks are
    /// those that were just added.
    private func oldBuckets(_ rows: PostgreSQLRows) throws -> [LinkBucket: Int] {
        let added = Dictionary(uniqueKeysWithValues: buckets.map { ($0.key, $0.tally.clicks) })
        var old: [LinkBucket: Int] = [:]
        for row in rows {
            guard let code = ShortCode(try row.text(1)) else { continue }
            let bucket = LinkBucket(bucket: TimeBucket(index: try row.int(0)), code: code)
            let clicks = added[bucket] ?? 0
            let all = try row.int(2)
            if clicks == 0 || all > clicks { old[bucket] = Int(try row.int(3)) }
        }
        return old
    }

    private var bucketValues: [PostgreSQLValue] {
        [
            .init(buckets.map(\.key.bucket.index)), .init(buckets.map(\.key.code.text)),
            .init(buckets.map(\.tally.people)), .init(buckets.map(\.tally.bots)),
            .init(buckets.map { values.mostValues(in: $0.key) }),
        ]
    }

    private var periodValues: [PostgreSQLValue] {
        [.init(periods.map(\.kind.rawValue)), .init(periods.map(\.index))]
    }
}
#endif
