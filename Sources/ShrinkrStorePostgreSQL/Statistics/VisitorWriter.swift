#if PostgreSQL
import PostgreSQLClient
import ShrinkrStore

/// Adds visitors to rows of a table within a transaction: ``enter()`` makes the missing rows and locks the others, and
/// ``save(_:_:)`` returns what writes those that change.
struct VisitorWriter<Visitors: StoredVisitors>: Sendable {
    private let table: VisitorTable
    private let additions: [VisitorAddition<Visitors>]

    fileprivate init(_ table: VisitorTable, _ additions: [VisitorAddition<Visitors>]) {
        self.table = table
        self.additions = additions
    }

    /// Asks for what ``save(_:_:)`` reads.
    func enter() -> [PostgreSQLCall] { enter(additions) }

    /// Merges what there was.
    ///
    /// - Parameter results: those of ``enter()``.
    func save(_ results: [PostgreSQLRows], _ session: PostgreSQLSession) throws -> [PostgreSQLCall] {
        guard var rows = results.last else { return [] }
        var rest = additions
        var changed: [VisitorAddition<Visitors>] = []
        while true {
            var stored: [Place: [UInt8]] = [:]
            for row in rows { stored[Place(code: try row.text(0), period: try row.int(1))] = try row.bytes(2) }
            var missing: [VisitorAddition<Visitors>] = []
            for addition in rest {
                guard let bytes = stored[Place(code: addition.code, period: addition.period)] else {
                    missing.append(addition)
                    continue
                }
                if let merged = try addition.merged(with: bytes) { changed.append(merged) }
            }
            if missing.isEmpty { break }
            // A row was deleted between the two statements, by whoever packed its hour or forgot its day.
            rest = missing
            rows = try session.pipeline(enter(rest))[1]
        }
        return changed.isEmpty ? [] : [PostgreSQLCall(table.save, Self.values(changed))]
    }

    private func enter(_ additions: [VisitorAddition<Visitors>]) -> [PostgreSQLCall] {
        if additions.isEmpty { return [] }
        let values = Self.values(additions)
        return [PostgreSQLCall(table.insert, values), PostgreSQLCall(table.lock, Array(values.prefix(2)))]
    }

    /// By column.
    private static func values(_ additions: [VisitorAddition<Visitors>]) -> [PostgreSQLValue] {
        [.init(additions.map(\.code)), .init(additions.map(\.period)), .init(additions.map(\.visitors.bytes))]
    }

    private struct Place: Hashable {
        // text: a code is ASCII.
        let code: String
        let period: Int64
    }
}

extension VisitorWriter<VisitorSketch> {
    /// Writes the sketches of hours.
    init(_ additions: [VisitorAddition<VisitorSketch>]) { self.init(.hours, additions) }
}

extension VisitorWriter<VisitorHours> {
    /// Writes the sketches that are packed by day.
    init(_ additions: [VisitorAddition<VisitorHours>]) { self.init(.days, additions) }
}

/// The statements for a table of visitors.
private struct VisitorTable: Sendable {
    static let hours = VisitorTable("visitor_sketches", period: "hour", visitors: "sketch")
    static let days = VisitorTable("visitor_days", period: "day", visitors: "hours")

    /// Makes the rows that are missing, whole at once, in the order in which they are given.
    let insert: PostgreSQLStatement
    /// In the order of code and period, all links together at the end.
    let lock: PostgreSQLStatement
    let save: PostgreSQLStatement

    private init(_ table: String, period: String, visitors: String) {
        insert = PostgreSQLStatement(
            """
            INSERT INTO \(table) (code, \(period), \(visitors))
            SELECT code, period, visitors FROM unnest($1::text[], $2::bigint[], $3::bytea[])
                WITH ORDINALITY AS given (code, period, visitors, place) ORDER BY place
            ON CONFLICT DO NOTHING
            """)
        lock = PostgreSQLStatement(
            """
            SELECT own.code, own.\(period), own.\(visitors) FROM unnest($1::text[], $2::bigint[]) AS given (code, period)
            JOIN \(table) AS own ON own.code = given.code AND own.\(period) = given.period
            ORDER BY own.code = '', own.code, own.\(period) FOR NO KEY UPDATE OF own
            """)
        save = PostgreSQLStatement(
            """
            UPDATE \(table) AS own SET \(visitors) = given.visitors
            FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS given (code, period, visitors)
            WHERE own.code = given.code AND own.\(period) = given.period
            """)
    }
}
#endif
