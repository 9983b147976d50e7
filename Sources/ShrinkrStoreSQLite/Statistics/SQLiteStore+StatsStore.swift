import GRDB
package import ShrinkrBase
import ShrinkrCore
package import ShrinkrStore

extension SQLiteStore: StatsStore {
    /// Most rows about visitors that one transaction deletes.
    static let forgottenAtATime = 10_000

    package func add(_ frames: [CountedFrame], at now: Timestamp) async throws -> AddOutcome {
        try await write { database in
            let ledger = Ledger(database: database)
            guard !frames.isEmpty else {
                try ledger.probe()
                return AddOutcome()
            }
            let new = try frames.compactMap { try ledger.enter($0) }
            var outcome = AddOutcome(duplicateFrames: frames.count - new.count)
            // A whole frame may say that nothing was missing of it.
            try JournalTable(database: database).settle(Set(frames.map(\.id.journal)), at: now)
            guard !new.isEmpty else { return outcome }
            var writer = try CountWriter(database)
            let orphans = try writer.add(MergedCounts(new))
            for (journal, tally) in FrameTally.byJournal(new, orphans: orphans) {
                try ledger.add(tally, of: journal)
                outcome.counted += tally.counted
                outcome.orphaned += tally.orphaned
            }
            return outcome
        }
    }

    package func buckets(_ range: StatsRange) async throws -> [BucketTally] {
        try await read(.bulk) { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT bucket, sum(people), sum(bots) FROM clicks_by_bucket WHERE \(range.condition)
                    GROUP BY bucket ORDER BY bucket
                    """)
            return try Row.fetchAll(statement, arguments: range.arguments).map { row in
                BucketTally(bucket: TimeBucket(index: row[0]), tally: Tally(people: row[1], bots: row[2]))
            }
        }
    }

    package func values(
        _ range: StatsRange, dimension: Dimension, traffic: Traffic, limit: Int
    ) async throws -> [ValueTally] {
        try await read(.bulk) { try range.values(dimension, traffic, limit: limit, $0) }
    }

    /// Over all links, a visitor of several links counts once a day.
    package func visitors(_ range: StatsRange) async throws -> Int {
        guard let days = range.buckets.days else { return 0 }
        return try await read(.bulk) { database in
            let statement = try database.cachedStatement(
                sql: "SELECT sum(visitors) FROM visitor_counts WHERE kind = ? AND code = ? AND period BETWEEN ? AND ?")
            let arguments: StatementArguments = [
                ReportPeriod.Kind.daily.rawValue, range.code?.text ?? "", days.lowerBound, days.upperBound,
            ]
            return try Int.fetchOne(statement, arguments: arguments) ?? 0
        }
    }

    package func topLinks(_ range: StatsRange, traffic: Traffic, limit: Int) async throws -> [LinkTally] {
        try await read(.bulk) { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT code, sum(people), sum(bots) FROM clicks_by_bucket WHERE \(range.condition)
                    GROUP BY code HAVING \(traffic.sum) > 0 ORDER BY \(traffic.sum) DESC, code LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: range.arguments + [max(0, limit)]).compactMap { row in
                let tally = traffic.part(of: Tally(people: row[1], bots: row[2]))
                return ShortCode(row[0] as String).map { LinkTally(code: $0, tally: tally) }
            }
        }
    }

    package func journalLedgers() async throws -> [JournalLedger] {
        try await read(.bulk) { try AccountTable(database: $0).ledgers() }
    }

    /// One transaction per ``forgottenAtATime`` rows: all at once would keep every other writer waiting.
    package func forgetVisitors(beforeDay day: Int64) async throws -> Int {
        _ = try await deleteRows("day, visitor", from: "day_visitors", beforeDay: day)
        return try await deleteRows("day, code, visitor", from: "link_visitors", beforeDay: day)
    }

    package func announce(_ announcements: [JournalAnnouncement], at now: Timestamp) async throws -> [Int] {
        try await write { database in
            try announcements.map { announcement in
                if let account = announcement.account {
                    try AccountTable(database: database).save(account, announcement, at: now)
                }
                try JournalTable(database: database).announce(announcement, at: now)
                return try Ledger(database: database).countedFrames(of: announcement.journal)
            }
        }
    }

    package func countedThrough(
        silentSince: Timestamp, abandonedSince: Timestamp, replacedSince: Timestamp
    ) async throws -> Timestamp? {
        try await read(.prompt) { database in
            try JournalTable(database: database).countedThrough(
                silentSince: silentSince, abandonedSince: abandonedSince, replacedSince: replacedSince)
        }
    }

    package func hold(_ extents: [JournalExtent]) async throws -> Bool {
        try await read(.bulk) { database in
            let ledger = Ledger(database: database)
            // Of what damage took a process has nothing; who waits for copies of it asks for announcements.
            let late = ClickLimits.times.upperBound
            return try extents.allSatisfy { try ledger.extent(of: $0.journal, at: late).covers($0) }
        }
    }

    package func foldJournals(finishedBefore: Timestamp, silentBefore: Timestamp) async throws -> Int {
        var total = 0
        while true {
            let folded = try await write {
                try FoldedJournals(database: $0).fold(finishedBefore: finishedBefore, silentBefore: silentBefore)
            }
            total += folded
            if folded < FoldedJournals.atATime { return total }
        }
    }

    /// - Parameter key: the columns of the table's primary key, the day first.
    private func deleteRows(_ key: String, from table: String, beforeDay day: Int64) async throws -> Int {
        var total = 0
        while true {
            let deleted = try await write { try $0.deleteRows(key, of: table, beforeDay: day) }
            total += deleted
            if deleted < Self.forgottenAtATime { return total }
        }
    }
}

extension Database {
    /// Deletes at most ``SQLiteStore/forgottenAtATime`` rows, one by one: the planner does not use the whole key for a
    /// DELETE with `(…) IN (SELECT … LIMIT …)`, and would look at every row of a day each time.
    ///
    /// - Parameter key: the columns of the table's primary key, the day first.
    fileprivate func deleteRows(_ key: String, of table: String, beforeDay day: Int64) throws -> Int {
        let select = try cachedStatement(sql: "SELECT \(key) FROM \(table) WHERE day < ? LIMIT ?")
        let rows = try Row.fetchAll(select, arguments: [day, SQLiteStore.forgottenAtATime])
        // text: names of columns.
        let places = key.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
        let delete = try cachedStatement(sql: "DELETE FROM \(table) WHERE (\(key)) = (\(places))")
        for row in rows { try delete.execute(arguments: StatementArguments(row.databaseValues)) }
        return rows.count
    }
}
