#if PostgreSQL
import PostgreSQLClient
import ShrinkrStore

/// Reads the visitors of links, or of all links together where a code is empty.
struct VisitorQuery: Sendable {
    private static let numbers: PostgreSQLStatement = """
        SELECT code, period, visitors - sketched, estimated FROM generate_series($2::bigint, $3::bigint) AS place
        JOIN visitor_counts ON kind = $1 AND period = place AND code = ANY ($4)
        """
    private static let hours: PostgreSQLStatement =
        "SELECT code, hour, sketch FROM visitor_sketches WHERE code = ANY ($1) AND hour BETWEEN $2 AND $3"
    private static let days: PostgreSQLStatement =
        "SELECT code, day, hours FROM visitor_days WHERE code = ANY ($1) AND day BETWEEN $2 AND $3"

    let kind: ReportPeriod.Kind
    let periods: ClosedRange<Int64>
    let codes: [String]

    /// Asks for what ``visitors(_:)`` reads.
    var calls: [PostgreSQLCall] {
        let perPeriod: Int64 = kind == .hourly ? 1 : 24
        let (first, last) = (periods.lowerBound * perPeriod, periods.upperBound * perPeriod + perPeriod - 1)
        let codes = PostgreSQLValue(codes)
        return [
            PostgreSQLCall(
                Self.numbers,
                [.int(Int64(kind.rawValue)), .int(periods.lowerBound), .int(periods.upperBound), codes]),
            PostgreSQLCall(Self.hours, [codes, .int(first), .int(last)]),
            PostgreSQLCall(Self.days, [codes, .int(first / 24), .int(last / 24)]),
        ]
    }

    /// - Parameter results: those of ``calls``.
    func visitors(_ results: some Collection<PostgreSQLRows>) throws -> PeriodVisitors {
        let results = Array(results)
        var visitors = PeriodVisitors(kind)
        for row in results[0] {
            let number = VisitorCount(number: Int(try row.int(2)), isExact: try !row.bool(3))
            visitors.add(number, period: try row.int(1), of: try row.text(0))
        }
        for row in results[1] { try visitors.add(hour: row.int(1), of: row.text(0), sketch: row.bytes(2)) }
        for row in results[2] { try visitors.add(day: row.int(1), of: row.text(0), hours: row.bytes(2)) }
        return visitors
    }
}
#endif
