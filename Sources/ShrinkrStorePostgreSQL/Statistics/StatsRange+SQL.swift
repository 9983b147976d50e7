#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

extension StatsRange {
    /// The condition of rows in the range, with ``values`` as the first ones.
    var condition: String {
        code == nil ? "bucket >= $1 AND bucket < $2" : "bucket >= $1 AND bucket < $2 AND code = $3"
    }

    /// The values in the range, as `own`. Those of a link are found by its buckets.
    var valueTables: String {
        code == nil ? "clicks_by_value AS own" : "clicks_by_bucket JOIN clicks_by_value AS own USING (bucket, code)"
    }

    var values: [PostgreSQLValue] {
        let bounds: [PostgreSQLValue] = [.int(buckets.lowerBound.index), .int(buckets.upperBound.index)]
        guard let code else { return bounds }
        return bounds + [.text(code.text)]
    }

    /// Reads people and bots from two columns.
    static func tally(_ row: PostgreSQLRow, at column: Int) throws -> Tally {
        Tally(people: Int(try row.int(column)), bots: Int(try row.int(column + 1)))
    }
}

extension Traffic {
    /// The clicks of a group of rows.
    ///
    /// - Parameter table: in front of the columns' names.
    func sum(_ table: String = "") -> String {
        switch self {
        case .all: "sum(\(table)people + \(table)bots)"
        case .people: "sum(\(table)people)"
        case .bots: "sum(\(table)bots)"
        }
    }
}
#endif
