import FoundationEssentials
import GRDB
import ShrinkrStore

/// Adds visitors to rows of a table.
struct VisitorWriter<Visitors: StoredVisitors> {
    private let select: Statement
    private let save: Statement

    fileprivate init(_ database: Database, table: String, period: String, visitors: String) throws {
        select = try database.cachedStatement(sql: "SELECT \(visitors) FROM \(table) WHERE code = ? AND \(period) = ?")
        save = try database.cachedStatement(
            sql: """
                INSERT INTO \(table) (code, \(period), \(visitors)) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET \(visitors) = excluded.\(visitors)
                """)
    }

    func add(_ additions: some Sequence<VisitorAddition<Visitors>>) throws {
        for addition in additions {
            var changed: VisitorAddition? = addition
            if let stored = try Data.fetchOne(select, arguments: [addition.code, addition.period]) {
                changed = try addition.merged(with: Array(stored))
            }
            guard let changed else { continue }
            try save.execute(arguments: [changed.code, changed.period, Data(changed.visitors.bytes)])
        }
    }
}

extension VisitorWriter<VisitorSketch> {
    /// Writes the sketches of hours.
    init(_ database: Database) throws {
        try self.init(database, table: "visitor_sketches", period: "hour", visitors: "sketch")
    }
}

extension VisitorWriter<VisitorHours> {
    /// Writes the sketches that are packed by day.
    init(_ database: Database) throws {
        try self.init(database, table: "visitor_days", period: "day", visitors: "hours")
    }
}
