#if PostgreSQL
import PostgreSQLClient
package import ShrinkrBase
import ShrinkrStore

/// One month of a table of clicks as a partition of its own: what is written at one time lies together, and indexes of past
/// months are as large as they will ever be.
struct ClickPartition: Hashable, Sendable {
    /// Months for which there are partitions, the present one included.
    static let monthsAhead = 4
    /// Most rows that move into a new partition: nobody counts meanwhile. A month with more stays where it is.
    static let movedRows = 50_000

    /// Months before the present one that a copy makes partitions of, with clicks of ten years. Older clicks are together in
    /// one, as are those of a clock that is wrong.
    static let monthsBehind = 120

    private static let tables = [(name: "clicks_by_bucket", fillfactor: 70), (name: "clicks_by_value", fillfactor: 80)]
    /// One process at a time makes partitions.
    private static let lock: PostgreSQLStatement =
        "SELECT pg_advisory_xact_lock(hashtextextended('shrinkr partitions', 0))"
    /// Not `to_regclass`: it may remember from before the lock that there was none.
    private static let isThere: PostgreSQLStatement =
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace)"

    private let table: String
    private let fillfactor: Int
    private let name: String
    /// From the first bucket of the month to that of the next one.
    private let buckets: Range<Int64>

    /// Those of the month of `now` and of the next ones.
    static func all(at now: Timestamp) -> [ClickPartition] {
        let today = CivilDate(daysSinceEpoch: now.utcDay)
        return (0..<monthsAhead).flatMap { ahead in
            tables.compactMap { ClickPartition($0.name, $0.fillfactor, year: today.year, month: today.month + ahead) }
        }
    }

    /// Those that copied rows belong to; none where their table has no partitions, or for months that are too far from that
    /// of `now`.
    static func all(of table: CopiedTable, holding rows: [TableRow], at now: Timestamp) -> Set<ClickPartition> {
        guard let partitioned = tables.first(where: { $0.name.utf8.elementsEqual(table.name.utf8) }) else { return [] }
        let today = CivilDate(daysSinceEpoch: now.utcDay)
        // Their key begins with the bucket.
        let days = rows.reduce(into: Set<Int64>()) { days, row in
            if case .integer(let bucket)? = row.first { days.insert(bucket / 96) }
        }
        return days.reduce(into: []) { partitions, day in
            let date = CivilDate(daysSinceEpoch: day)
            let distance = (date.year - today.year) * 12 + date.month - today.month
            guard (-monthsBehind..<monthsAhead).contains(distance) else { return }
            if let partition = ClickPartition(
                partitioned.name, partitioned.fillfactor, year: date.year, month: date.month)
            {
                partitions.insert(partition)
            }
        }
    }

    /// - Parameter month: 1 to 12, or more for those of later years.
    private init?(_ table: String, _ fillfactor: Int, year: Int, month: Int) {
        func first(_ month: Int) -> CivilDate? {
            CivilDate(year: year + (month - 1) / 12, month: (month - 1) % 12 + 1, day: 1)
        }
        guard let start = first(month), let end = first(month + 1) else { return nil }
        self.table = table
        self.fillfactor = fillfactor
        name = "\(table)_\(start.year)_\(start.month < 10 ? "0" : "")\(start.month)"
        buckets = start.daysSinceEpoch * 96..<end.daysSinceEpoch * 96
    }

    /// Makes the partition where it is missing, with the rows of its month that were written before.
    ///
    /// Nobody writes to the table meanwhile: who has looked for the row's partition before would be refused. Nor does
    /// anybody read the rows that are in no partition of a month, of which there are none where partitions are made in time.
    /// - Returns: whether it was missing, and had few enough rows to be made.
    func make(_ session: PostgreSQLSession) throws -> Bool {
        // Without the lock: who finds nothing to do waits for nobody.
        if try isThere(session) { return false }
        try session.execute(Self.lock)
        if try isThere(session) { return false }
        let bounds = "bucket >= \(buckets.lowerBound) AND bucket < \(buckets.upperBound)"
        let count = PostgreSQLStatement(
            "SELECT count(*) FROM (SELECT FROM \(table)_other WHERE \(bounds) LIMIT \(Self.movedRows + 1)) AS rows")
        if try session.query(count).first?.int(0) ?? 0 > Self.movedRows { return false }
        try session.script(
            """
            CREATE TABLE \(name) (LIKE \(table) INCLUDING ALL) WITH (fillfactor = \(fillfactor));
            LOCK TABLE ONLY \(table) IN SHARE ROW EXCLUSIVE MODE;
            LOCK TABLE \(table)_other IN ACCESS EXCLUSIVE MODE;
            WITH moved AS (DELETE FROM \(table)_other WHERE \(bounds) RETURNING *)
                INSERT INTO \(name) SELECT * FROM moved;
            ALTER TABLE \(table) ATTACH PARTITION \(name)
                FOR VALUES FROM (\(buckets.lowerBound)) TO (\(buckets.upperBound));
            """)
        return true
    }

    private func isThere(_ session: PostgreSQLSession) throws -> Bool {
        try session.query(Self.isThere, [.text(name)]).first?.bool(0) == true
    }
}

extension PostgreSQLStore {
    /// The role needs the right to make tables. What takes longer than a prompt statement may is given up, since nobody
    /// counts meanwhile.
    ///
    /// - Throws: ``StoreError``, also where others keep using the tables for too long; the next call may find them
    ///   free.
    @discardableResult
    package func makePartitions(at now: Timestamp) async throws -> Int {
        var made = 0
        for partition in ClickPartition.all(at: now) where try await write(.prompt, { try partition.make($0) }) {
            made += 1
        }
        return made
    }
}
#endif
