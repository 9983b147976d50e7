#if PostgreSQL
import PostgreSQLClient
package import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

extension PostgreSQLStore: ReportStore {
    /// By the start of the period in hours; an hour before the day that begins with it.
    private static let claim: PostgreSQLStatement = """
        WITH next AS (
            SELECT kind, period FROM report_periods
            WHERE due AND (claimed_until IS NULL OR claimed_until <= $1)
            ORDER BY CASE kind WHEN 1 THEN period ELSE period * 24 END, kind LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE report_periods AS claimed SET claimed_generation = generation, claimed_until = $3
        FROM next WHERE claimed.kind = next.kind AND claimed.period = next.period
        RETURNING claimed.kind, claimed.period, claimed.generation
        """
    private static let finish: PostgreSQLStatement = """
        UPDATE report_periods SET
            generation = generation + CASE WHEN reported_generation > $1 THEN 1 ELSE 0 END,
            reported_generation = greatest(reported_generation, $1),
            claimed_until = CASE WHEN claimed_generation = $1 THEN NULL ELSE claimed_until END
        WHERE kind = $2 AND period = $3
        """
    private static let abandon: PostgreSQLStatement = """
        UPDATE report_periods SET claimed_until = NULL WHERE claimed_generation = $1 AND kind = $2 AND period = $3
        """

    /// A period whose counts are just being changed is passed over as well.
    package func claimDueReports(
        limit: Int, at now: Timestamp, until claimEnd: Timestamp
    ) async throws -> [DueReport] {
        let values: [PostgreSQLValue] = [
            .int(now.milliseconds), .int(Int64(max(0, limit))), .int(claimEnd.milliseconds),
        ]
        let reports = try await write { try $0.query(Self.claim, values).compactMap { try DueReport($0) } }
        return reports.sorted {
            ($0.period.buckets.lowerBound, $0.period.kind.rawValue)
                < ($1.period.buckets.lowerBound, $1.period.kind.rawValue)
        }
    }

    /// Where a newer report was finished meanwhile, the period becomes due again: the older one may lie in its place.
    package func finishReport(_ report: DueReport) async throws {
        try await write { try $0.execute(Self.finish, report.values) }
    }

    package func abandonReport(_ report: DueReport) async throws {
        try await write { try $0.execute(Self.abandon, report.values) }
    }

    package func reportLines(
        _ period: ReportPeriod, after code: ShortCode?, limit: Int
    ) async throws -> [ReportLine] {
        try await read { try ReportQuery(period: period, session: $0).lines(after: code, limit: limit) }
    }
}

extension DueReport {
    /// Reads kind, period and generation.
    fileprivate init?(_ row: PostgreSQLRow) throws {
        guard let kind = ReportPeriod.Kind(rawValue: Int(try row.int(0))) else { return nil }
        self.init(period: ReportPeriod(kind: kind, index: try row.int(1)), generation: try row.int(2))
    }

    /// Generation, kind and period.
    fileprivate var values: [PostgreSQLValue] {
        [.int(generation), .int(Int64(period.kind.rawValue)), .int(period.index)]
    }
}
#endif
