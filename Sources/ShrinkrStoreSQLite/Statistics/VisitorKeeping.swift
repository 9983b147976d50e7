import FoundationEssentials
import GRDB
import ShrinkrCore
import ShrinkrStore

/// What becomes of visitors with time: sketches of hours are packed by day, and in the end only their numbers stay.
/// Each call is a part of the work, small enough for one transaction.
struct VisitorKeeping {
    /// Most sketches of hours, and of days, in one transaction: each writer waits for it.
    static let (hoursAtATime, daysAtATime) = (1_000, 200)
    /// Most visitors that are looked at or deleted one by one in a transaction.
    static let rowsAtATime = 10_000

    let database: Database

    /// Packs some sketches of hours before `hour`; returns how many.
    func pack(beforeHour hour: Int64) throws -> Int {
        let select = try database.cachedStatement(
            sql: "SELECT code, hour, sketch FROM visitor_sketches WHERE hour < ? ORDER BY code, hour LIMIT ?")
        let rows = try Row.fetchAll(select, arguments: [hour, Self.hoursAtATime])
        var days: [Day: VisitorHours] = [:]
        for row in rows {
            let (code, hour): (String, Int64) = (row[0], row[1])
            let day = Day(code: code, day: hour.floored(by: 24))
            days[day, default: VisitorHours()].merge(
                try .stored(Array(row[2] as Data), of: code, hour: hour), at: Int(hour - day.day * 24))
        }
        try VisitorWriter<VisitorHours>(database)
            .add(days.map { VisitorAddition(code: $0.key.code, period: $0.key.day, visitors: $0.value) })
        let delete = try database.cachedStatement(sql: "DELETE FROM visitor_sketches WHERE code = ? AND hour = ?")
        for row in rows { try delete.execute(arguments: [row[0] as String, row[1] as Int64]) }
        return rows.count
    }

    /// Makes numbers of some packed days before `day`; returns how many.
    func forget(beforeDay day: Int64) throws -> Int {
        let select = try database.cachedStatement(
            sql: "SELECT code, day, hours FROM visitor_days WHERE day < ? ORDER BY day, code LIMIT ?")
        let rows = try Row.fetchAll(select, arguments: [day, Self.daysAtATime])
        let delete = try database.cachedStatement(sql: "DELETE FROM visitor_days WHERE code = ? AND day = ?")
        for row in rows {
            let day = Day(code: row[0], day: row[1])
            for number in try VisitorNumber.all(hours: Array(row[2] as Data), of: day.code, day: day.day) {
                try save(number, of: day.code)
            }
            try delete.execute(arguments: [day.code, day.day])
        }
        return rows.count
    }

    private func save(_ number: VisitorNumber, of code: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO visitor_counts (kind, period, code, visitors, estimated) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET visitors = visitors - sketched + excluded.visitors, sketched = 0,
                    estimated = estimated OR excluded.estimated OR visitors > sketched
                """
        ).execute(arguments: number.period.arguments + [code, number.count.number, !number.count.isExact])
    }

    private struct Day: Hashable {
        // text: a code is ASCII.
        let code: String
        let day: Int64
    }
}

// MARK: - Visitors one by one, as releases before the sketches keep them

extension VisitorKeeping {
    /// Deletes some of the visitors of days before `day`; returns whether there may be more. Their numbers stay.
    func forgetRows(beforeDay day: Int64) throws -> Bool {
        guard try database.tableExists("link_visitors") else { return false }
        let deleted = [
            try deleteRows("day, code, visitor", of: "link_visitors", beforeDay: day),
            try deleteRows("day, visitor", of: "day_visitors", beforeDay: day),
        ]
        return deleted.contains(Self.rowsAtATime)
    }

    /// Makes sketches of some of the visitors of `day` and later; returns how many.
    func sketchRows(sinceDay day: Int64) throws -> Int {
        guard try database.tableExists("link_visitors") else { return 0 }
        let select = try database.cachedStatement(
            sql: """
                SELECT day, code, visitor, hours FROM link_visitors WHERE day >= ? ORDER BY day, code, visitor LIMIT ?
                """)
        let visitors = try Row.fetchAll(select, arguments: [day, Self.rowsAtATime]).compactMap { row in
            ShortCode(row[1] as String).map {
                RememberedVisitor(day: row[0], code: $0, visitor: row[2], hours: row[3])
            }
        }
        try VisitorWriter<VisitorSketch>(database).add([VisitorAddition](RememberedVisitor.visits(visitors)))
        var moved: [ReportPeriod: [String: Int]] = [:]  // text: a code is ASCII.
        let delete = try database.cachedStatement(
            sql: "DELETE FROM link_visitors WHERE day = ? AND code = ? AND visitor = ?")
        let deleteDay = try database.cachedStatement(sql: "DELETE FROM day_visitors WHERE day = ? AND visitor = ?")
        for visitor in visitors {
            try delete.execute(arguments: [visitor.day, visitor.code.text, visitor.visitor])
            for period in visitor.periods { moved[period, default: [:]][visitor.code.text, default: 0] += 1 }
            try deleteDay.execute(arguments: [visitor.day, visitor.visitor])
            let day = ReportPeriod(kind: .daily, index: visitor.day)
            if database.changesCount == 1 { moved[day, default: [:]]["", default: 0] += 1 }
        }
        let count = try database.cachedStatement(
            sql: "UPDATE visitor_counts SET sketched = sketched + ? WHERE kind = ? AND period = ? AND code = ?")
        for (period, codes) in moved {
            for (code, number) in codes { try count.execute(arguments: [number] + period.arguments + [code]) }
        }
        return visitors.count
    }

    /// The planner does not use the whole key for a DELETE with `(…) IN (SELECT … LIMIT …)`, and would look at every row
    /// of a day each time; so rows are deleted one by one.
    ///
    /// - Parameter key: the columns of the table's primary key, the day first.
    private func deleteRows(_ key: String, of table: String, beforeDay day: Int64) throws -> Int {
        let select = try database.cachedStatement(sql: "SELECT \(key) FROM \(table) WHERE day < ? LIMIT ?")
        let rows = try Row.fetchAll(select, arguments: [day, Self.rowsAtATime])
        // text: names of columns.
        let places = key.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
        let delete = try database.cachedStatement(sql: "DELETE FROM \(table) WHERE (\(key)) = (\(places))")
        for row in rows { try delete.execute(arguments: StatementArguments(row.databaseValues)) }
        return rows.count
    }
}
