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
                SELECT dimension, count(*) FROM clicks_by_value
                WHERE bucket = ? AND code = ? AND value <> '\(StoreLimits.otherValue)' GROUP BY dimension
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

    /// - Parameter values: by dimension.
    func add(_ values: ArraySlice<MergedCounts.Value>, at bucket: TimeBucket, of code: String) throws {
        if values.isEmpty { return }
        var known: [Int: Int] = [:]
        let rows = try Row.fetchCursor(countValues, arguments: [bucket.index, code])
        while let row = try rows.next() { known[row[0]] = row[1] }
        var rest = values
        while let dimension = rest.first?.dimension {
            let group = rest.prefix { $0.dimension == dimension }
            rest = rest[group.endIndex...]
            let room = StoreLimits.valuesPerBucket - known[dimension.rawValue, default: 0]
            if group.count <= room {
                for value in group { try add(value.tally, to: value.text, dimension, at: bucket, of: code) }
            } else {
                try addWithinLimit(group, dimension, at: bucket, of: code, room: room)
            }
        }
    }

    /// Gives the places that are left to the new values with the most clicks.
    private func addWithinLimit(
        _ values: ArraySlice<MergedCounts.Value>, _ dimension: Dimension, at bucket: TimeBucket, of code: String,
        room: Int
    ) throws {
        var room = room
        // Values with as many clicks stay in the order of their texts.
        for value in values.sorted(by: { $0.tally.clicks > $1.tally.clicks }) {
            try updateValue.execute(arguments: [
                value.tally.people, value.tally.bots, bucket.index, code, dimension.rawValue, value.text,
            ])
            guard database.changesCount == 0 else { continue }
            let place = room > 0 ? value.text : StoreLimits.otherValue
            room -= 1
            try add(value.tally, to: place, dimension, at: bucket, of: code)
        }
    }

    private func add(
        _ tally: Tally, to value: String, _ dimension: Dimension, at bucket: TimeBucket, of code: String
    ) throws {
        try addValue.execute(arguments: [
            bucket.index, code, dimension.rawValue, value, tally.people, tally.bots,
        ])
    }
}
