#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Adds clicks per value, and keeps each link to ``StoreLimits/valuesPerBucket`` of them. The rows of the links' buckets
/// are locked, so nobody else adds values there.
struct ValueWriter: Sendable {
    /// The values of the groups that would have too many.
    private static let selectCrowded = PostgreSQLStatement(
        """
        SELECT place, own.value
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS given (bucket, code, dimension, new, place)
        CROSS JOIN LATERAL (SELECT count(*) AS known FROM clicks_by_value AS own
            WHERE own.bucket = given.bucket AND own.code = given.code AND own.dimension = given.dimension) AS counted
        JOIN clicks_by_value AS own
            ON own.bucket = given.bucket AND own.code = given.code AND own.dimension = given.dimension
        WHERE known + new > \(StoreLimits.valuesPerBucket)
        """)
    /// Adds values to buckets that have just been made.
    private static let insert: PostgreSQLStatement = """
        INSERT INTO clicks_by_value AS own (bucket, code, dimension, value, people, bots)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
        ON CONFLICT (bucket, code, dimension, value)
            DO UPDATE SET people = own.people + excluded.people, bots = own.bots + excluded.bots
        """
    /// Adds values to buckets that were there: most of them are known. The buckets learn how many new ones they get.
    private static let add: PostgreSQLStatement = """
        WITH given AS MATERIALIZED (
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
                WITH ORDINALITY AS given (bucket, code, dimension, value, people, bots, place)),
        updated AS (
            UPDATE clicks_by_value AS own SET people = own.people + given.people, bots = own.bots + given.bots
            FROM given WHERE own.bucket = given.bucket AND own.code = given.code
                AND own.dimension = given.dimension AND own.value = given.value
            RETURNING place),
        new AS (SELECT * FROM given WHERE place NOT IN (SELECT place FROM updated)),
        inserted AS (
            INSERT INTO clicks_by_value (bucket, code, dimension, value, people, bots)
            SELECT bucket, code, dimension, value, people, bots FROM new),
        grown AS (
            SELECT bucket, code, max(count) AS most FROM (
                SELECT bucket, code, count(*) AS count FROM new GROUP BY bucket, code, dimension) AS counted
            GROUP BY bucket, code)
        UPDATE clicks_by_bucket AS own SET values_at_most = least(own.values_at_most + most, 1000)
        FROM grown WHERE own.bucket = grown.bucket AND own.code = grown.code
        """

    /// The values that a limit holds for.
    private struct Group: Hashable {
        let place: LinkBucket
        let dimension: Dimension
    }

    private let groups: [(key: Group, values: [(value: String, tally: Tally)])]
    private let mostValues: [LinkBucket: Int]

    init(_ links: [(key: ShortCode, value: LinkCounts)]) {
        var groups: [Group: [(value: String, tally: Tally)]] = [:]
        for (code, counts) in links {
            for (key, tally) in counts.values {
                let group = Group(place: LinkBucket(bucket: key.bucket, code: code), dimension: key.dimension)
                groups[group, default: []].append((key.value, tally))
            }
        }
        // In the order of the table, so that rows written one after another lie together.
        self.groups = groups.sorted { $0.key.place < $1.key.place }.map { ($0.key, $0.value) }
        mostValues = self.groups.reduce(into: [:]) { most, group in
            most[group.key.place] = max(most[group.key.place] ?? 0, group.values.count)
        }
    }

    /// The buckets of links with values.
    var buckets: some Sequence<LinkBucket> { mostValues.keys }

    /// How many values of one dimension come to a link's bucket at most.
    func mostValues(in bucket: LinkBucket) -> Int { min(mostValues[bucket] ?? 0, 1_000) }

    /// Asks for what ``add(_:)`` reads.
    ///
    /// - Parameter old: the buckets that were there, and how many values of one dimension each has at most.
    func selectCrowded(_ old: [LinkBucket: Int]) -> [PostgreSQLCall] {
        let candidates = groups.enumerated().filter { _, group in
            old[group.key.place].map { $0 + group.values.count > StoreLimits.valuesPerBucket } ?? false
        }
        if candidates.isEmpty { return [] }
        let groups = candidates.map(\.element)
        return [
            PostgreSQLCall(
                Self.selectCrowded,
                [
                    .init(groups.map(\.key.place.bucket.index)), .init(groups.map(\.key.place.code.text)),
                    .init(groups.map(\.key.dimension.rawValue)), .init(groups.map(\.values.count)),
                    .init(candidates.map(\.offset)),
                ])
        ]
    }

    /// Adds the values, of which those without a place are ``StoreLimits/otherValue``.
    ///
    /// - Parameter old: the buckets that were there.
    func add(_ crowdedRows: some Sequence<PostgreSQLRows>, _ old: [LinkBucket: Int]) throws -> [PostgreSQLCall] {
        var crowded: [Int: Set<UntrustedText>] = [:]
        for row in crowdedRows.joined() {
            crowded[Int(try row.int(0)), default: []].insert(try row.untrustedText(1))
        }
        var (inserted, added) = (Columns(), Columns())
        for (place, group) in groups.enumerated() {
            let isFull = group.values.count > StoreLimits.valuesPerBucket
            let known = crowded[place] ?? (isFull ? [] : nil)
            let values = known.map { Self.withinLimit(group.values, known: $0) } ?? group.values
            if old[group.key.place] == nil {
                inserted.append(values, group.key)
            } else {
                added.append(values, group.key)
            }
        }
        return [(Self.insert, inserted), (Self.add, added)].filter { !$0.1.isEmpty }.map {
            PostgreSQLCall($0, $1.values)
        }
    }

    /// Gives the places that are left to the new values with the most clicks.
    private static func withinLimit(
        _ values: [(value: String, tally: Tally)], known: Set<UntrustedText>
    ) -> [(value: String, tally: Tally)] {
        var places = ValuePlaces(known: known)
        var kept: [(value: String, tally: Tally)] = []
        var other = Tally()
        let byClicks = values.sorted {
            if $0.tally.clicks != $1.tally.clicks { return $0.tally.clicks > $1.tally.clicks }
            return UntrustedText.precedes(UntrustedText($0.value), UntrustedText($1.value))
        }
        for (value, tally) in byClicks {
            if !value.utf8.elementsEqual(StoreLimits.otherValue.utf8), places.take(value) {
                kept.append((value, tally))
            } else {
                other = other + tally
            }
        }
        if other.clicks > 0 { kept.append((StoreLimits.otherValue, other)) }
        return kept
    }

    /// The rows to add, by column.
    private struct Columns {
        private var buckets: [Int64?] = []
        private var codes: [String?] = []
        private var dimensions: [Int64?] = []
        private var texts: [String?] = []
        private var people: [Int64?] = []
        private var bots: [Int64?] = []

        var isEmpty: Bool { buckets.isEmpty }

        mutating func append(_ values: [(value: String, tally: Tally)], _ group: Group) {
            for (value, tally) in values {
                buckets.append(group.place.bucket.index)
                codes.append(group.place.code.text)
                dimensions.append(Int64(group.dimension.rawValue))
                texts.append(value)
                people.append(Int64(tally.people))
                bots.append(Int64(tally.bots))
            }
        }

        var values: [PostgreSQLValue] {
            [.ints(buckets), .texts(codes), .ints(dimensions), .texts(texts), .ints(people), .ints(bots)]
        }
    }
}
#endif
