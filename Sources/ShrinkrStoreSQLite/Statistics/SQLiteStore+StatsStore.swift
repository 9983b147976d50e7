import GRDB
package import ShrinkrCore
package import ShrinkrStore

extension SQLiteStore: StatsStore {
    package func add(_ frames: [CountedFrame], at now: Timestamp) async throws -> AddOutcome {
        try await write { database in
            let ledger = Ledger(database: database)
            let new = try frames.filter { try ledger.enter($0.id) }
            var outcome = AddOutcome(duplicateFrames: frames.count - new.count)
            guard !new.isEmpty else { return outcome }
            var writer = try CountWriter(database)
            (outcome.counted, outcome.orphaned) = try writer.add(MergedCounts(new))
            try ledger.addTotals(frames: new.count, counted: outcome.counted, orphaned: outcome.orphaned)
            try JournalTable(database: database).settle(Set(new.map(\.id.journal)))
            return outcome
        }
    }

    package func buckets(_ range: StatsRange) async throws -> [BucketTally] {
        try await read { database in
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

    package func values(_ range: StatsRange, dimension: Dimension, limit: Int) async throws -> [ValueTally] {
        try await read { try range.values(dimension, limit: limit, $0) }
    }

    /// Over all links, a visitor of several links counts once a day.
    package func visitors(_ range: StatsRange) async throws -> Int {
        guard let days = range.buckets.days else { return 0 }
        return try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT sum(visitors) FROM visitor_counts WHERE kind = ? AND code = ? AND period BETWEEN ? AND ?")
            let arguments: StatementArguments = [
                ReportPeriod.Kind.daily.rawValue, range.code?.text ?? "", days.lowerBound, days.upperBound,
            ]
            return try Int.fetchOne(statement, arguments: arguments) ?? 0
        }
    }

    package func topLinks(_ range: StatsRange, limit: Int) async throws -> [LinkTally] {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT code, sum(people), sum(bots) FROM clicks_by_bucket WHERE \(range.condition)
                    GROUP BY code ORDER BY sum(people) + sum(bots) DESC, code LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: range.arguments + [max(0, limit)]).compactMap { row in
                ShortCode(row[0] as String).map { LinkTally(code: $0, tally: Tally(people: row[1], bots: row[2])) }
            }
        }
    }

    package func ledgerTotals() async throws -> LedgerTotals {
        try await read { database in
            let row = try Row.fetchOne(database, sql: "SELECT frames, counted, orphaned FROM ledger_totals")
            return row.map { LedgerTotals(frames: $0[0], counted: $0[1], orphaned: $0[2]) } ?? LedgerTotals()
        }
    }

    /// - Returns: how many rows about visitors were deleted: one per day, link and visitor.
    package func forgetVisitors(beforeDay day: Int64) async throws -> Int {
        try await write { database in
            try database.execute(sql: "DELETE FROM day_visitors WHERE day < ?", arguments: [day])
            try database.execute(sql: "DELETE FROM link_visitors WHERE day < ?", arguments: [day])
            return database.changesCount
        }
    }

    package func announce(_ announcement: JournalAnnouncement, at now: Timestamp) async throws {
        try await write { database in
            let journals = JournalTable(database: database)
            var progress = try journals.progress(of: announcement.journal) ?? JournalProgress()
            progress.announce(announcement, at: now)
            let held = try Ledger(database: database).holdsThrough(announcement.journal)
            progress.settle(ledgerHoldsThrough: held)
            try journals.save(progress, of: announcement.journal)
        }
    }

    package func countedThrough(silentSince: Timestamp) async throws -> Timestamp? {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT min(counted_through) FROM journals WHERE NOT finished AND announced_at >= ?")
            return Timestamp(stored: try Int64.fetchOne(statement, arguments: [silentSince.milliseconds]))
        }
    }
}
