import GRDB
import ShrinkrStore

/// Adds clicks per value, and keeps each link to ``StoreLimits/valuesPerBucket`` of them.
struct ValueWriter {
    private let database: Database
    private let countValues: Statement
    private let updateValue: Statement
    private let addValue: Statement

    init(_ database: Database) throws {
        self.database = database
        countValues = try database.cachedStatement(
            sql: """
                SELECT count(*) FROM clicks_by_value
                WHERE bucket = ? AND code = ? AND dimension = ? AND value <> '\(StoreLimits.otherValue)'
                """)
        updateValue = try database.cachedStatement(
            sql: """
                UPDATE clicks_by_value SET people = people + ?, bots = bots + ?
                WHERE bucket = ? AND code = ? AND dimension = ? AND value = ?
                """)
        addValue = try database.cachedStatement(
            sql: """
                INSERT INTO clicks_by_value (bucket, code, dimension, value, people, bots) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET people = people + excluded.people, bots = bots + excluded.bots
                """)
    }

    func add(_ values: [DimensionKey: Tally], of code: String) throws {
        let groups = Dictionary(grouping: values) { Group(bucket: $0.key.bucket, dimension: $0.key.dimension) }
        for (group, values) in groups {
            let known =
                try Int.fetchOne(countValues, arguments: [group.bucket.index, code, group.dimension.rawValue]) ?? 0
            if known + values.count <= StoreLimits.valuesPerBucket {
                for (key, tally) in values { try add(tally, to: key, of: code) }
            } else {
                try addWithinLimit(values, of: code, room: StoreLimits.valuesPerBucket - known)
            }
        }
    }

    /// The values that a limit holds for.
    private struct Group: Hashable {
        let bucket: TimeBucket
        let dimension: Dimension
    }

    /// Gives the places that are left to the new values with the most clicks.
    private func addWithinLimit(
        _ values: [Dictionary<DimensionKey, Tally>.Element], of code: String, room: Int
    ) throws {
        var room = room
        for (key, tally) in values.sorted(by: { ($1.value.clicks, $0.key.value) < ($0.value.clicks, $1.key.value) }) {
            try updateValue.execute(arguments: [
                tally.people, tally.bots, key.bucket.index, code, key.dimension.rawValue, key.value,
            ])
            guard database.changesCount == 0 else { continue }
            if room > 0 {
                room -= 1
                try add(tally, to: key, of: code)
            } else {
                try add(tally, to: key.other, of: code)
            }
        }
    }

    private func add(_ tally: Tally, to key: DimensionKey, of code: String) throws {
        try addValue.execute(arguments: [
            key.bucket.index, code, key.dimension.rawValue, key.value, tally.people, tally.bots,
        ])
    }
}
