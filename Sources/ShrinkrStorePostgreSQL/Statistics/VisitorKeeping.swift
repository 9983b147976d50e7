#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// What becomes of visitors with time: sketches of hours are packed by day, and in the end only their numbers stay.
/// Each call is a part of the work, small enough for one transaction; rows that others are just changing are left for
/// another time.
struct VisitorKeeping {
    /// Most sketches of hours, and of days, in one transaction.
    static let (hoursAtATime, daysAtATime) = (1_000, 200)
    /// Most visitors that are looked at or deleted one by one in a transaction.
    static let rowsAtATime = 10_000

    private static let takeHours: PostgreSQLStatement = """
        DELETE FROM visitor_sketches WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM visitor_sketches WHERE hour < $1 ORDER BY code = '', code, hour LIMIT $2
            FOR UPDATE SKIP LOCKED))
        RETURNING code, hour, sketch
        """
    private static let takeDays: PostgreSQLStatement = """
        DELETE FROM visitor_days WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM visitor_days WHERE day < $1 ORDER BY code, day LIMIT $2 FOR UPDATE SKIP LOCKED))
        RETURNING code, day, hours
        """
    private static let saveNumbers: PostgreSQLStatement = """
        INSERT INTO visitor_counts AS own (kind, period, code, visitors, estimated)
        SELECT kind, period, code, visitors, estimated
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[])
            WITH ORDINALITY AS given (kind, period, code, visitors, estimated, place) ORDER BY place
        ON CONFLICT (kind, period, code) DO UPDATE SET visitors = own.visitors - own.sketched + excluded.visitors,
            sketched = 0, estimated = own.estimated OR excluded.estimated OR own.visitors > own.sketched
        """

    let session: PostgreSQLSession

    /// Packs some sketches of hours before `hour`; returns how many.
    func pack(beforeHour hour: Int64) throws -> Int {
        let rows = try session.query(Self.takeHours, [.int(hour), .int(Int64(Self.hoursAtATime))])
        var days: [Day: VisitorHours] = [:]
        for row in rows {
            let (code, hour) = (try row.text(0), try row.int(1))
            let day = Day(code: code, day: hour.floored(by: 24))
            days[day, default: VisitorHours()].merge(
                try .stored(row.bytes(2), of: code, hour: hour), at: Int(hour - day.day * 24))
        }
        let writer = VisitorWriter<VisitorHours>(
            days.sorted { $0.key < $1.key }
                .map { VisitorAddition(code: $0.key.code, period: $0.key.day, visitors: $0.value) })
        try session.pipeline(writer.save(session.pipeline(writer.enter()), session))
        return rows.count
    }

    /// Makes numbers of some packed days before `day`; returns how many.
    func forget(beforeDay day: Int64) throws -> Int {
        let rows = try session.query(Self.takeDays, [.int(day), .int(Int64(Self.daysAtATime))])
        var numbers: [(code: String, number: VisitorNumber)] = []
        for row in rows {
            let code = try row.text(0)
            let all = try VisitorNumber.all(hours: row.bytes(2), of: code, day: row.int(1))
            numbers += all.map { (code, $0) }
        }
        if numbers.isEmpty { return 0 }
        numbers.sort { CountPlace($0.number.period, $0.code) < CountPlace($1.number.period, $1.code) }
        try session.execute(
            Self.saveNumbers,
            [
                .init(numbers.map(\.number.period.kind.rawValue)), .init(numbers.map(\.number.period.index)),
                .init(numbers.map(\.code)), .init(numbers.map(\.number.count.number)),
                .bools(numbers.map { !$0.number.count.isExact }),
            ])
        return rows.count
    }

    private struct Day: Hashable, Comparable {
        // text: a code is ASCII.
        let code: String
        let day: Int64

        /// The order in which rows are locked.
        static func < (one: Self, other: Self) -> Bool {
            if one.code.isEmpty != other.code.isEmpty { return other.code.isEmpty }
            return (one.code, one.day) < (other.code, other.day)
        }
    }
}

/// A row of `visitor_counts`: of a link, or of all together where the code is empty.
private struct CountPlace: Hashable, Comparable {
    let period: ReportPeriod
    // text: a code is ASCII.
    let code: String

    init(_ period: ReportPeriod, _ code: String) {
        self.period = period
        self.code = code
    }

    /// The order in which rows are locked.
    static func < (one: Self, other: Self) -> Bool {
        if one.code.isEmpty != other.code.isEmpty { return other.code.isEmpty }
        return (one.period.kind.rawValue, one.period.index, one.code)
            < (other.period.kind.rawValue, other.period.index, other.code)
    }
}

// MARK: - Visitors one by one, as the release before keeps them

extension VisitorKeeping {
    /// Whether the tables are still there: a later release drops them.
    private static let hasRows: PostgreSQLStatement = "SELECT to_regclass('link_visitors') IS NOT NULL"
    private static let forgetDayVisitors: PostgreSQLStatement = """
        DELETE FROM day_visitors WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM day_visitors WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
        """
    private static let forgetLinkVisitors: PostgreSQLStatement = """
        DELETE FROM link_visitors WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM link_visitors WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
        """
    private static let takeLinkVisitors: PostgreSQLStatement = """
        DELETE FROM link_visitors WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM link_visitors WHERE day >= $1 ORDER BY day, code, visitor LIMIT $2
            FOR UPDATE SKIP LOCKED))
        RETURNING day, code, visitor, hours
        """
    private static let takeDayVisitors: PostgreSQLStatement = """
        WITH gone AS (
            DELETE FROM day_visitors AS own USING unnest($1::bigint[], $2::bigint[]) AS given (day, visitor)
            WHERE own.day = given.day AND own.visitor = given.visitor RETURNING own.day)
        SELECT day, count(*) FROM gone GROUP BY day
        """
    private static let lockCounts: PostgreSQLStatement = """
        SELECT FROM visitor_counts AS own
        JOIN unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (kind, period, code)
            ON own.kind = given.kind AND own.period = given.period AND own.code = given.code
        ORDER BY own.code = '', own.kind, own.period, own.code FOR NO KEY UPDATE OF own
        """
    private static let addSketched: PostgreSQLStatement = """
        UPDATE visitor_counts AS own SET sketched = own.sketched + given.number
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS given (kind, period, code, number)
        WHERE own.kind = given.kind AND own.period = given.period AND own.code = given.code
        """

    /// Deletes some of the visitors of days before `day`; returns whether there may be more. Their numbers stay.
    func forgetRows(beforeDay day: Int64) throws -> Bool {
        guard try session.query(Self.hasRows).first?.bool(0) == true else { return false }
        let values: [PostgreSQLValue] = [.int(day), .int(Int64(Self.rowsAtATime))]
        let deleted = [
            try session.execute(Self.forgetDayVisitors, values), try session.execute(Self.forgetLinkVisitors, values),
        ]
        return deleted.contains(Self.rowsAtATime)
    }

    /// Makes sketches of some of the visitors of `day` and later; returns how many.
    func sketchRows(sinceDay day: Int64) throws -> Int {
        guard try session.query(Self.hasRows).first?.bool(0) == true else { return 0 }
        let rows = try session.query(Self.takeLinkVisitors, [.int(day), .int(Int64(Self.rowsAtATime))])
        if rows.isEmpty { return 0 }
        let visitors = try rows.compactMap { row in
            let (day, visitor, hours) = (try row.int(0), try row.int(2), try row.int(3))
            return ShortCode(try row.text(1)).map {
                RememberedVisitor(day: day, code: $0, visitor: visitor, hours: hours)
            }
        }
        let writer = VisitorWriter<VisitorSketch>([VisitorAddition](RememberedVisitor.visits(visitors)))
        try session.pipeline(writer.save(session.pipeline(writer.enter()), session))
        try save(sketched: visitors)
        return rows.count
    }

    /// Says in the numbers who of them is in a sketch now.
    private func save(sketched visitors: [RememberedVisitor]) throws {
        var numbers: [CountPlace: Int] = [:]
        for visitor in visitors {
            for period in visitor.periods { numbers[CountPlace(period, visitor.code.text), default: 0] += 1 }
        }
        let days = try session.query(
            Self.takeDayVisitors, [.init(visitors.map(\.day)), .init(visitors.map(\.visitor))])
        for row in days {
            let day = ReportPeriod(kind: .daily, index: try row.int(0))
            numbers[CountPlace(day, ""), default: 0] += Int(try row.int(1))
        }
        let places = Array(numbers.keys)
        let key: [PostgreSQLValue] = [
            .init(places.map(\.period.kind.rawValue)), .init(places.map(\.period.index)), .init(places.map(\.code)),
        ]
        try session.pipeline([
            PostgreSQLCall(Self.lockCounts, key),
            PostgreSQLCall(Self.addSketched, key + [.init(places.map { numbers[$0] ?? 0 })]),
        ])
    }
}
#endif
