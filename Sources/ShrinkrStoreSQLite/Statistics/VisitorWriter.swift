import GRDB
import ShrinkrCore
import ShrinkrStore

/// Remembers who was seen when, and keeps the number of distinct visitors per hour and day beside it.
///
/// The numbers are kept, not computed: they stay when the visitors are forgotten. A visitor who comes with a late frame
/// after that counts again.
struct VisitorWriter {
    private let database: Database
    private let insertVisitor: Statement
    private let selectHours: Statement
    private let updateHours: Statement
    private let insertDayVisitor: Statement
    private let addCount: Statement
    /// Visitors by day, of any link.
    private var seen: [Int64: Set<Int64>] = [:]

    init(_ database: Database) throws {
        self.database = database
        insertVisitor = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO link_visitors (day, code, visitor, hours) VALUES (?, ?, ?, ?)")
        selectHours = try database.cachedStatement(
            sql: "SELECT hours FROM link_visitors WHERE day = ? AND code = ? AND visitor = ?")
        updateHours = try database.cachedStatement(
            sql: "UPDATE link_visitors SET hours = ? WHERE day = ? AND code = ? AND visitor = ?")
        insertDayVisitor = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO day_visitors (day, visitor) VALUES (?, ?)")
        addCount = try database.cachedStatement(
            sql: """
                INSERT INTO visitor_counts (kind, period, code, visitors) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET visitors = visitors + excluded.visitors
                """)
    }

    /// Adds the visitors of one link.
    mutating func add(_ visitors: [VisitorKey: HourSet], of code: String) throws {
        var counts: [ReportPeriod: Int] = [:]
        for (key, hours) in visitors {
            let visitor = Int64(bitPattern: key.visitor.bits)
            seen[key.day, default: []].insert(visitor)
            let known = try remember(visitor, on: key.day, hours: hours, of: code)
            if known == nil { counts[ReportPeriod(kind: .daily, index: key.day), default: 0] += 1 }
            for hour in hours.subtracting(known ?? []).hours {
                counts[ReportPeriod(kind: .hourly, index: key.day * 24 + Int64(hour)), default: 0] += 1
            }
        }
        for (period, count) in counts {
            try addCount.execute(arguments: [period.kind.rawValue, period.index, code, count])
        }
    }

    /// Adds the visitors of all links together; comes after all calls of ``add(_:of:)``.
    mutating func finish() throws {
        for (day, visitors) in seen {
            var count = 0
            for visitor in visitors.sorted() {  // text: these are numbers.
                try insertDayVisitor.execute(arguments: [day, visitor])
                count += database.changesCount
            }
            try addCount.execute(arguments: [ReportPeriod.Kind.daily.rawValue, day, "", count])
        }
        seen = [:]
    }

    /// - Returns: the hours in which the visitor was seen before; nil for a new visitor.
    private func remember(_ visitor: Int64, on day: Int64, hours: HourSet, of code: String) throws -> HourSet? {
        try insertVisitor.execute(arguments: [day, code, visitor, hours.rawValue])
        if database.changesCount == 1 { return nil }
        let known = HourSet(rawValue: try UInt32.fetchOne(selectHours, arguments: [day, code, visitor]) ?? 0)
        if !known.isSuperset(of: hours) {
            try updateHours.execute(arguments: [known.union(hours).rawValue, day, code, visitor])
        }
        return known
    }
}
