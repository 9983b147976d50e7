import GRDB
import ShrinkrCore
import ShrinkrStore

/// Adds merged counts to the tables within a transaction.
struct CountWriter {
    private let database: Database
    private let addBucket: Statement
    private let addPeriod: Statement
    private let values: ValueWriter
    private let visitors: VisitorWriter<VisitorSketch>

    init(_ database: Database) throws {
        self.database = database
        addBucket = try database.cachedStatement(
            sql: """
                INSERT INTO clicks_by_bucket (bucket, code, people, bots) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET people = people + excluded.people, bots = bots + excluded.bots
                """)
        addPeriod = try database.cachedStatement(
            sql: """
                INSERT INTO report_periods (kind, period, generation) VALUES (?, ?, 1)
                ON CONFLICT DO UPDATE SET generation = generation + 1
                """)
        values = try ValueWriter(database)
        visitors = try VisitorWriter(database)
    }

    /// Adds the counts of all codes that were ever issued: a click of a link that was deleted since was made all the same.
    ///
    /// - Returns: the codes that nobody has issued; their clicks were not added.
    func add(_ counts: MergedCounts) throws -> Set<ShortCode> {
        var orphans: Set<ShortCode> = []
        var periods: Set<ReportPeriod> = []
        var issued: [(key: ShortCode, value: LinkCounts)] = []
        // In the order of the tables, so that rows written one after another lie together.
        for (code, link) in counts.links.sorted(by: { $0.key.text < $1.key.text }) {
            guard try LinkRow.isIssued(code, database) else {
                orphans.insert(code)
                continue
            }
            periods.formUnion(link.periods)
            try add(link, of: code.text)
            issued.append((code, link))
        }
        try visitors.add([VisitorAddition](issued))
        for period in periods {
            try addPeriod.execute(arguments: [period.kind.rawValue, period.index])
        }
        return orphans
    }

    private func add(_ counts: LinkCounts, of code: String) throws {
        for (bucket, tally) in counts.buckets {
            try addBucket.execute(arguments: [bucket.index, code, tally.people, tally.bots])
        }
        try values.add(counts.values, of: code)
    }
}
