import GRDB
import ShrinkrCore
import ShrinkrStore

extension StatsRange {
    /// The condition of rows in the range; ``arguments`` are its values.
    var condition: String {
        code == nil ? "bucket >= ? AND bucket < ?" : "bucket >= ? AND bucket < ? AND code = ?"
    }

    var arguments: StatementArguments {
        let bounds: StatementArguments = [buckets.lowerBound.index, buckets.upperBound.index]
        guard let code else { return bounds }
        return bounds + [code.text]
    }

    /// Clicks per value, most first.
    func values(
        _ dimension: Dimension, _ traffic: Traffic, limit: Int, _ database: Database
    ) throws -> [ValueTally] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT value, sum(people), sum(bots) FROM clicks_by_value WHERE \(condition) AND dimension = ?
                GROUP BY value HAVING \(traffic.sum) > 0 ORDER BY \(traffic.sum) DESC, value LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: arguments + [dimension.rawValue, max(0, limit)]).map { row in
            ValueTally(value: row[0], tally: traffic.part(of: Tally(people: row[1], bots: row[2])))
        }
    }
}

extension Traffic {
    /// The clicks of a group of rows.
    var sum: String {
        switch self {
        case .all: "sum(people + bots)"
        case .people: "sum(people)"
        case .bots: "sum(bots)"
        }
    }
}
