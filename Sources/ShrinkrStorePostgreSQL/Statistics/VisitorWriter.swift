#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// Remembers who was seen when, and keeps the number of distinct visitors per hour and day beside it.
///
/// The numbers are kept, not computed: they stay when the visitors are forgotten. A visitor who comes with a late frame
/// after that counts again.
struct VisitorWriter: Sendable {
    private static let insert: PostgreSQLStatement = """
        INSERT INTO link_visitors (day, code, visitor, hours)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])
        ON CONFLICT DO NOTHING RETURNING day, code, visitor
        """
    /// Adds hours to visitors that are known, and tells how many got which.
    private static let addHours: PostgreSQLStatement = """
        WITH known AS MATERIALIZED (
            SELECT own.day, own.code, own.visitor, given.hours, given.hours & ~own.hours AS added
            FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) AS given (day, code, visitor, hours)
            JOIN link_visitors AS own
                ON own.day = given.day AND own.code = given.code AND own.visitor = given.visitor
            WHERE given.hours & ~own.hours <> 0
            ORDER BY own.day, own.code, own.visitor FOR NO KEY UPDATE OF own),
        changed AS (
            UPDATE link_visitors AS own SET hours = own.hours | known.hours FROM known
            WHERE own.day = known.day AND own.code = known.code AND own.visitor = known.visitor
            RETURNING own.day, own.code, known.added)
        SELECT day, code, added, count(*) FROM changed GROUP BY day, code, added
        """
    private static let insertDay: PostgreSQLStatement = """
        WITH new AS (
            INSERT INTO day_visitors (day, visitor) SELECT * FROM unnest($1::bigint[], $2::bigint[])
            ON CONFLICT DO NOTHING RETURNING day)
        SELECT day, count(*) FROM new GROUP BY day
        """
    private static let addCounts: PostgreSQLStatement = """
        INSERT INTO visitor_counts AS own (kind, period, code, visitors)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
        ON CONFLICT (kind, period, code) DO UPDATE SET visitors = own.visitors + excluded.visitors
        """

    /// A visitor of a link on a day.
    private struct Visitor: Hashable {
        let day: Int64
        let code: ShortCode
        let visitor: Int64
    }

    /// What is counted: a link, or all together where the code is empty.
    private struct Place: Hashable, Comparable {
        let period: ReportPeriod
        let code: String

        /// The order in which rows are locked.
        static func < (one: Self, other: Self) -> Bool {
            if one.code.isEmpty != other.code.isEmpty { return other.code.isEmpty }
            return (one.period.kind.rawValue, one.period.index, one.code)
                < (other.period.kind.rawValue, other.period.index, other.code)
        }
    }

    /// In the order of the table; those that were new are left out once they are counted.
    private var visitors: [(key: Visitor, hours: HourSet)]
    private var counts: [Place: Int] = [:]

    init(_ links: [(key: ShortCode, value: LinkCounts)]) {
        visitors = links.flatMap { code, counts in
            counts.visitors.map { key, hours in
                (Visitor(day: key.day, code: code, visitor: Int64(bitPattern: key.visitor.bits)), hours)
            }
        }
        .sorted { ($0.key.day, $0.key.code.text, $0.key.visitor) < ($1.key.day, $1.key.code.text, $1.key.visitor) }
    }

    /// Enters the visitors of links, and those of all together; ``countNew(_:_:)`` reads the results.
    func insert() -> [PostgreSQLCall] {
        if visitors.isEmpty { return [] }
        let days = Dictionary(grouping: visitors, by: \.key.day).mapValues { Set($0.map(\.key.visitor)) }
        let seen = days.sorted { $0.key < $1.key }.flatMap { day, visitors in
            visitors.sorted().map { (day, $0) }  // text: these are numbers.
        }
        return [
            PostgreSQLCall(Self.insert, values),
            PostgreSQLCall(Self.insertDay, [.init(seen.map(\.0)), .init(seen.map(\.1))]),
        ]
    }

    mutating func countNew(_ results: [PostgreSQLRows]) throws {
        guard let links = results.first, let days = results.last else { return }
        let new = Set(
            try links.compactMap { row in
                let (day, visitor) = (try row.int(0), try row.int(2))
                return ShortCode(try row.text(1)).map { Visitor(day: day, code: $0, visitor: visitor) }
            })
        for (key, hours) in visitors where new.contains(key) {
            add(1, to: ReportPeriod(kind: .daily, index: key.day), of: key.code.text)
            addHours(hours, 1, day: key.day, of: key.code.text)
        }
        visitors.removeAll { new.contains($0.key) }
        for row in days { add(Int(try row.int(1)), to: ReportPeriod(kind: .daily, index: try row.int(0)), of: "") }
    }

    /// Adds the hours of visitors that were known, where there are any; ``countAgain(_:)`` reads the results.
    func addHours() -> [PostgreSQLCall] {
        visitors.isEmpty ? [] : [PostgreSQLCall(Self.addHours, values)]
    }

    mutating func countAgain(_ results: some Sequence<PostgreSQLRows>) throws {
        for row in results.joined() {
            let hours = HourSet(rawValue: UInt32(truncatingIfNeeded: try row.int(2)))
            addHours(hours, Int(try row.int(3)), day: try row.int(0), of: try row.text(1))
        }
    }

    /// Adds to the numbers. Those of all links together come last, since every transaction changes them.
    func save() -> [PostgreSQLCall] {
        if counts.isEmpty { return [] }
        let rows = counts.sorted { $0.key < $1.key }
        return [
            PostgreSQLCall(
                Self.addCounts,
                [
                    .init(rows.map(\.key.period.kind.rawValue)), .init(rows.map(\.key.period.index)),
                    .init(rows.map(\.key.code)), .init(rows.map(\.value)),
                ])
        ]
    }

    private mutating func addHours(_ hours: HourSet, _ count: Int, day: Int64, of code: String) {
        for hour in hours.hours { add(count, to: ReportPeriod(kind: .hourly, index: day * 24 + Int64(hour)), of: code) }
    }

    private mutating func add(_ count: Int, to period: ReportPeriod, of code: String) {
        counts[Place(period: period, code: code), default: 0] += count
    }

    private var values: [PostgreSQLValue] {
        [
            .init(visitors.map(\.key.day)), .init(visitors.map(\.key.code.text)), .init(visitors.map(\.key.visitor)),
            .init(visitors.map { Int64($0.hours.rawValue) }),
        ]
    }
}
#endif
