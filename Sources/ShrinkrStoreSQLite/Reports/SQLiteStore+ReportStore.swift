import GRDB
package import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

extension SQLiteStore: ReportStore {
    package func claimDueReports(
        limit: Int, at now: Timestamp, until claimEnd: Timestamp
    ) async throws -> [DueReport] {
        try await write { database in
            // By the start of the period in hours; an hour before the day that begins with it.
            let due = try database.cachedStatement(
                sql: """
                    SELECT kind, period, generation FROM report_periods
                    WHERE generation > reported_generation AND (claimed_until IS NULL OR claimed_until <= ?)
                    ORDER BY CASE kind WHEN 1 THEN period ELSE period * 24 END, kind LIMIT ?
                    """)
            let reports = try Row.fetchAll(due, arguments: [now.milliseconds, max(0, limit)]).compactMap(DueReport.init)
            let claim = try database.cachedStatement(
                sql: """
                    UPDATE report_periods SET claimed_generation = generation, claimed_until = ?
                    WHERE kind = ? AND period = ?
                    """)
            for report in reports {
                try claim.execute(arguments: [claimEnd.milliseconds] + report.period.arguments)
            }
            return reports
        }
    }

    /// Where a newer report was finished meanwhile, the period becomes due again: the older one may lie in its place.
    package func finishReport(_ report: DueReport) async throws {
        try await write { database in
            try database.cachedStatement(
                sql: """
                    UPDATE report_periods SET
                        generation = generation + (reported_generation > ?1),
                        reported_generation = max(reported_generation, ?1),
                        claimed_until = CASE WHEN claimed_generation = ?1 THEN NULL ELSE claimed_until END
                    WHERE kind = ?2 AND period = ?3
                    """
            ).execute(arguments: [report.generation] + report.period.arguments)
        }
    }

    package func abandonReport(_ report: DueReport) async throws {
        try await write { database in
            try database.cachedStatement(
                sql: """
                    UPDATE report_periods SET claimed_until = NULL
                    WHERE claimed_generation = ? AND kind = ? AND period = ?
                    """
            ).execute(arguments: [report.generation] + report.period.arguments)
        }
    }

    package func reportLines(
        _ period: ReportPeriod, after code: ShortCode?, limit: Int
    ) async throws -> [ReportLine] {
        try await read(.bulk) { database in
            try ReportQuery(period: period, database: database).lines(after: code, limit: limit)
        }
    }
}

extension DueReport {
    /// Reads kind, period and generation.
    fileprivate init?(_ row: Row) {
        guard let kind = ReportPeriod.Kind(rawValue: row[0]) else { return nil }
        self.init(period: ReportPeriod(kind: kind, index: row[1]), generation: row[2])
    }
}

extension ReportPeriod {
    /// Kind and period, as the tables have them.
    var arguments: StatementArguments { [kind.rawValue, index] }
}
