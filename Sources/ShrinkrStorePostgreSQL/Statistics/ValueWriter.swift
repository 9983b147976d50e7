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

    private let places: [LinkPlace]

    init(_ places: [LinkPlace]) {
        self.places = places
    }

    /// A group of values that a limit holds for: a place, and one of its groups.
    private struct Group: Hashable {
        let place: Int
        let number: Int
    }

    /// Asks for what ``add(_:_:)`` reads.
    ///
    /// - Parameter known: of each place, how many values of one dimension it had at most; nil where it was not there.
    func selectCrowded(_ known: [Int?]) -> [PostgreSQLCall] {
        let crowded = Self.crowded(places, known)
        if crowded.isEmpty { return [] }
        let ids = crowded.map { places[$0.place].id }
        let values = crowded.map { places[$0.place].groups[$0.number] }
        return [
            PostgreSQLCall(
                Self.selectCrowded,
                [
                    .init(ids.map(\.bucket.index)), .init(ids.map(\.code.text)),
                    .init(values.map { $0.first?.dimension.rawValue ?? 0 }), .init(values.map(\.count)),
                    .init(Array(crowded.indices)),
                ])
        ]
    }

    /// The groups of places that may get too many values.
    private static func crowded(_ places: [LinkPlace], _ known: [Int?]) -> [Group] {
        zip(places, known).enumerated().flatMap { number, place in
            place.0.groups.indices.filter { group in
                place.1.map { $0 + place.0.groups[group].count > StoreLimits.valuesPerBucket } ?? false
            }.map { Group(place: number, number: $0) }
        }
    }

    /// Adds the values, of which those without a place are ``StoreLimits/otherValue``.
    ///
    /// - Parameter known: as ``selectCrowded(_:)`` got it.
    func add(_ crowdedRows: some Sequence<PostgreSQLRows>, _ known: [Int?]) throws -> [PostgreSQLCall] {
        let candidates = Self.crowded(places, known)
        var crowded: [Group: Set<UntrustedText>] = [:]
        for row in crowdedRows.joined() {
            crowded[candidates[Int(try row.int(0))], default: []].insert(try row.untrustedText(1))
        }
        var (inserted, added) = (Columns(), Columns())
        for (number, place) in places.enumerated() {
            for (group, values) in place.groups.enumerated() {
                let stored = crowded.isEmpty ? nil : crowded[Group(place: number, number: group)]
                let isFull = values.count > StoreLimits.valuesPerBucket
                let kept = stored != nil || isFull ? Self.withinLimit(values, known: stored ?? []) : Array(values)
                if known[number] == nil {
                    inserted.append(kept, place.id)
                } else {
                    added.append(kept, place.id)
                }
            }
        }
        return [(Self.insert, inserted), (Self.add, added)].filter { !$0.1.isEmpty }.map {
            PostgreSQLCall($0, $1.values)
        }
    }

    /// Gives the places that are left to the new values with the most clicks.
    ///
    /// - Parameter values: of one dimension.
    private static func withinLimit(
        _ values: ArraySlice<MergedCounts.Value>, known: Set<UntrustedText>
    ) -> [MergedCounts.Value] {
        guard let dimension = values.first?.dimension else { return [] }
        var places = ValuePlaces(known: known)
        var kept: [MergedCounts.Value] = []
        var other = Tally()
        // Values with as many clicks stay in the order of their texts.
        for value in values.sorted(by: { $0.tally.clicks > $1.tally.clicks }) {
            if !value.text.utf8.elementsEqual(StoreLimits.otherValue.utf8), places.take(value.text) {
                kept.append(value)
            } else {
                other = other + value.tally
            }
        }
        if other.clicks > 0 {
            kept.append(MergedCounts.Value(dimension: dimension, text: StoreLimits.otherValue, tally: other))
        }
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

        mutating func append(_ values: [MergedCounts.Value], _ place: LinkBucket) {
            for value in values {
                buckets.append(place.bucket.index)
                codes.append(place.code.text)
                dimensions.append(Int64(value.dimension.rawValue))
                texts.append(value.text)
                people.append(Int64(value.tally.people))
                bots.append(Int64(value.tally.bots))
            }
        }

        var values: [PostgreSQLValue] {
            [.ints(buckets), .texts(codes), .ints(dimensions), .texts(texts), .ints(people), .ints(bots)]
        }
    }
}
#endif
