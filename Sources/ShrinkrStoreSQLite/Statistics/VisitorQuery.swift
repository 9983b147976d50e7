import FoundationEssentials
import GRDB
import ShrinkrStore

/// Reads the visitors of one link, or of all links together where the code is empty.
struct VisitorQuery {
    let database: Database

    func visitors(_ kind: ReportPeriod.Kind, _ periods: ClosedRange<Int64>, of code: String) throws -> PeriodVisitors {
        var visitors = PeriodVisitors(kind)
        try addNumbers(to: &visitors, kind, periods, of: code)
        let perPeriod: Int64 = kind == .hourly ? 1 : 24
        let hours = periods.lowerBound * perPeriod...periods.upperBound * perPeriod + perPeriod - 1
        let sketches = try database.cachedStatement(
            sql: "SELECT hour, sketch FROM visitor_sketches WHERE code = ? AND hour BETWEEN ? AND ?")
        for row in try Row.fetchAll(sketches, arguments: [code, hours.lowerBound, hours.upperBound]) {
            try visitors.add(hour: row[0], of: code, sketch: Array(row[1] as Data))
        }
        let days = try database.cachedStatement(
            sql: "SELECT day, hours FROM visitor_days WHERE code = ? AND day BETWEEN ? AND ?")
        for row in try Row.fetchAll(days, arguments: [code, hours.lowerBound / 24, hours.upperBound / 24]) {
            try visitors.add(day: row[0], of: code, hours: Array(row[1] as Data))
        }
        return visitors
    }

    private func addNumbers(
        to visitors: inout PeriodVisitors, _ kind: ReportPeriod.Kind, _ periods: ClosedRange<Int64>, of code: String
    ) throws {
        let numbers = try database.cachedStatement(
            sql: """
                SELECT period, visitors - sketched, estimated FROM visitor_counts
                WHERE kind = ? AND code = ? AND period BETWEEN ? AND ?
                """)
        let arguments: StatementArguments = [kind.rawValue, code, periods.lowerBound, periods.upperBound]
        for row in try Row.fetchAll(numbers, arguments: arguments) {
            let isEstimate: Bool = row[2]
            visitors.add(VisitorCount(number: row[1], isExact: !isEstimate), period: row[0], of: code)
        }
    }
}
