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
        let isIssued = try counts.codes.map { try LinkRow.isIssued($0, database) }
        for place in counts.places where isIssued[place.link] {
            try add(place, of: counts.codes[place.link].text, counts.values[place.values])
        }
        let orphans = Set(zip(counts.codes, isIssued).lazy.filter { !$1 }.map(\.0))
        try visitors.add([VisitorAddition](counts.visitors.filter { !orphans.contains($0.code) }))
        for period in counts.periods(where: isIssued) {
            try addPeriod.execute(arguments: [period.kind.rawValue, period.index])
        }
        return orphans
    }

    private func add(
        _ place: MergedCounts.Place, of code: String, _ values: ArraySlice<MergedCounts.Value>
    ) throws {
        if place.tally.clicks > 0 {
            try addBucket.execute(arguments: [place.bucket.index, code, place.tally.people, place.tally.bots])
        }
        try self.values.add(values, at: place.bucket, of: code)
    }
}
