import GRDB
package import ShrinkrBase
import ShrinkrCore
package import ShrinkrStore

extension SQLiteStore: StatsStore {
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
            let writer = try CountWriter(database)
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
    package func visitors(_ range: StatsRange) async throws -> VisitorCount {
        guard let days = range.buckets.days else { return .none }
        let code = range.code?.text ?? ""
        return try await read(.bulk) { database in
            try VisitorQuery(database: database).visitors(.daily, days, of: code).sum(of: code)
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

    package func packVisitors(beforeHour hour: Int64) async throws -> Int {
        try await repeating(atATime: VisitorKeeping.hoursAtATime) { try $0.pack(beforeHour: hour) }
    }

    package func forgetVisitors(beforeDay day: Int64) async throws -> Int {
        while try await write(.alone, { try VisitorKeeping(database: $0).forgetRows(beforeDay: day) }) {}
        // A day's number is that of all its hours together.
        _ = try await packVisitors(beforeHour: day.multipliedReportingOverflow(by: 24).overflow ? .max : day * 24)
        return try await repeating(atATime: VisitorKeeping.daysAtATime) { try $0.forget(beforeDay: day) }
    }

    package func sketchVisitors(sinceDay day: Int64) async throws -> Int {
        try await repeating(atATime: VisitorKeeping.rowsAtATime) { try $0.sketchRows(sinceDay: day) }
    }

    /// Does the parts of some work, a transaction each, until one is not full; returns how much was done.
    private func repeating(
        atATime limit: Int, _ part: @escaping @Sendable (VisitorKeeping) throws -> Int
    ) async throws -> Int {
        var total = 0
        while true {
            let done = try await write { try part(VisitorKeeping(database: $0)) }
            total += done
            if done < limit { return total }
        }
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
}
