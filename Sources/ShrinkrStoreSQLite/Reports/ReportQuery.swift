import GRDB
import ShrinkrCore
import ShrinkrStore

/// Collects the lines of a period's report.
struct ReportQuery {
    let period: ReportPeriod
    let database: Database

    func lines(after code: ShortCode?, limit: Int) throws -> [ReportLine] {
        try tallies(after: code?.text ?? "", limit: max(0, limit)).compactMap { text, tally in
            guard let code = ShortCode(text) else { return nil }
            return ReportLine(code: code, tally: tally, visitors: try visitors(of: text), values: try values(of: code))
        }
    }

    /// Reads the next `limit` codes of each bucket: the period's next codes are among them, and going through all pages
    /// reads every row once.
    private func tallies(after code: String, limit: Int) throws -> [(String, Tally)] {
        let statement = try database.cachedStatement(
            sql: "SELECT code, people, bots FROM clicks_by_bucket WHERE bucket = ? AND code > ? ORDER BY code LIMIT ?")
        var tallies: [String: Tally] = [:]  // text: values of dimensions are ASCII, or ours.
        for bucket in period.buckets.lowerBound.index..<period.buckets.upperBound.index {
            let rows = try Row.fetchCursor(statement, arguments: [bucket, code, limit])
            while let row = try rows.next() {
                let tally = Tally(people: row[1], bots: row[2])
                tallies[row[0], default: Tally()] = tallies[row[0], default: Tally()] + tally
            }
        }
        return tallies.sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value) }
    }

    private func visitors(of code: String) throws -> VisitorCount {
        let visitors = try VisitorQuery(database: database)
            .visitors(period.kind, period.index...period.index, of: code)
        return visitors.count(period: period.index, of: code)
    }

    private func values(of code: ShortCode) throws -> [Dimension: [ValueTally]] {
        let range = StatsRange(code: code, buckets: period.buckets)
        var values: [Dimension: [ValueTally]] = [:]
        for dimension in Dimension.allCases {
            let found = try range.values(dimension, .all, limit: ReportLine.valuesPerDimension, database)
            if !found.isEmpty { values[dimension] = found }
        }
        return values
    }
}
