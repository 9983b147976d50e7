#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// Collects the lines of a period's report.
struct ReportQuery {
    /// Reads the next codes of each bucket: the period's next codes are among them, and going through all pages reads
    /// every row once.
    private static let tallies: PostgreSQLStatement = """
        SELECT code, sum(people)::bigint, sum(bots)::bigint
        FROM generate_series($1::bigint, $2::bigint - 1) AS place CROSS JOIN LATERAL (
            SELECT code, people, bots FROM clicks_by_bucket
            WHERE bucket = place AND code > $3 AND people + bots > 0 ORDER BY code LIMIT $4
        ) AS clicks
        GROUP BY code ORDER BY code LIMIT $4
        """
    /// The values of each link and dimension with the most clicks.
    private static let values = PostgreSQLStatement(
        """
        SELECT code, dimension, value, people, bots FROM (
            SELECT code, dimension, value, sum(own.people)::bigint AS people, sum(own.bots)::bigint AS bots,
                row_number() OVER (
                    PARTITION BY code, dimension ORDER BY sum(own.people + own.bots) DESC, value) AS place
            FROM clicks_by_bucket JOIN clicks_by_value AS own USING (bucket, code)
            WHERE bucket >= $1 AND bucket < $2 AND code = ANY ($3)
            GROUP BY code, dimension, value HAVING sum(own.people + own.bots) > 0) AS values
        WHERE place <= \(ReportLine.valuesPerDimension) ORDER BY code, dimension, place
        """)

    let period: ReportPeriod
    let session: PostgreSQLSession

    func lines(after code: ShortCode?, limit: Int) throws -> [ReportLine] {
        let tallies = try tallies(after: code?.text ?? "", limit: max(0, limit))
        if tallies.isEmpty { return [] }
        let codes = tallies.map(\.0.text)
        let query = VisitorQuery(kind: period.kind, periods: period.index...period.index, codes: codes)
        let results = try session.pipeline([PostgreSQLCall(Self.values, buckets + [.init(codes)])] + query.calls)
        let values = try values(results[0])
        let visitors = try query.visitors(results.dropFirst())
        return tallies.map { code, tally in
            ReportLine(
                code: code, tally: tally, visitors: visitors.count(period: period.index, of: code.text),
                values: values[code] ?? [:])
        }
    }

    private var buckets: [PostgreSQLValue] {
        [.int(period.buckets.lowerBound.index), .int(period.buckets.upperBound.index)]
    }

    private func tallies(after code: String, limit: Int) throws -> [(ShortCode, Tally)] {
        try session.query(Self.tallies, buckets + [.text(code), .int(Int64(limit))]).compactMap { row in
            let tally = Tally(people: Int(try row.int(1)), bots: Int(try row.int(2)))
            return ShortCode(try row.text(0)).map { ($0, tally) }
        }
    }

    private func values(_ rows: PostgreSQLRows) throws -> [ShortCode: [Dimension: [ValueTally]]] {
        var values: [ShortCode: [Dimension: [ValueTally]]] = [:]
        for row in rows {
            guard let code = ShortCode(try row.text(0)), let dimension = Dimension(rawValue: Int(try row.int(1)))
            else { continue }
            let tally = Tally(people: Int(try row.int(3)), bots: Int(try row.int(4)))
            values[code, default: [:]][dimension, default: []].append(
                ValueTally(value: try row.text(2), tally: tally))
        }
        return values
    }
}
#endif
