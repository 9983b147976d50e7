#if PostgreSQL
import PostgreSQLClient
package import ShrinkrBase
import ShrinkrCore
package import ShrinkrStore

extension PostgreSQLStore: StatsStore {
    package func add(_ frames: [CountedFrame], at now: Timestamp) async throws -> AddOutcome {
        if frames.isEmpty {
            _ = try await write { try $0.pipeline(Ledger.probe) }
            return AddOutcome()
        }
        let writer = FrameWriter(frames, codeCase: codeCase, at: now)
        return try await write(.bulk) { try writer.add($0) }
    }

    package func buckets(_ range: StatsRange) async throws -> [BucketTally] {
        let statement = PostgreSQLStatement(
            """
            SELECT bucket, sum(people)::bigint, sum(bots)::bigint FROM clicks_by_bucket WHERE \(range.condition)
            GROUP BY bucket HAVING sum(people + bots) > 0 ORDER BY bucket
            """)
        return try await read { session in
            try session.query(statement, range.values).map { row in
                BucketTally(bucket: TimeBucket(index: try row.int(0)), tally: try StatsRange.tally(row, at: 1))
            }
        }
    }

    package func values(
        _ range: StatsRange, dimension: Dimension, traffic: Traffic, limit: Int
    ) async throws -> [ValueTally] {
        let count = range.values.count
        let statement = PostgreSQLStatement(
            """
            SELECT value, sum(own.people)::bigint AS people, sum(own.bots)::bigint AS bots FROM \(range.valueTables)
            WHERE \(range.condition) AND dimension = $\(count + 1)
            GROUP BY value HAVING \(traffic.sum("own.")) > 0 ORDER BY \(traffic.sum("own.")) DESC, value
            LIMIT $\(count + 2)
            """)
        let values = range.values + [.int(Int64(dimension.rawValue)), .int(Int64(max(0, limit)))]
        return try await read { session in
            try session.query(statement, values).map { row in
                ValueTally(value: try row.text(0), tally: traffic.part(of: try StatsRange.tally(row, at: 1)))
            }
        }
    }

    /// Over all links, a visitor of several links counts once a day.
    package func visitors(_ range: StatsRange) async throws -> VisitorCount {
        guard let days = range.buckets.days else { return .none }
        let code = range.code?.text ?? ""
        let query = VisitorQuery(kind: .daily, periods: days, codes: [code])
        return try await read { try query.visitors($0.pipeline(query.calls)).sum(of: code) }
    }

    package func topLinks(_ range: StatsRange, traffic: Traffic, limit: Int) async throws -> [LinkTally] {
        let statement = PostgreSQLStatement(
            """
            SELECT code, sum(people)::bigint, sum(bots)::bigint FROM clicks_by_bucket WHERE \(range.condition)
            GROUP BY code HAVING \(traffic.sum()) > 0 ORDER BY \(traffic.sum()) DESC, code LIMIT $\(range.values.count + 1)
            """)
        let values = range.values + [.int(Int64(max(0, limit)))]
        return try await read { session in
            try session.query(statement, values).compactMap { row in
                let tally = traffic.part(of: try StatsRange.tally(row, at: 1))
                return ShortCode(try row.text(0)).map { LinkTally(code: $0, tally: tally) }
            }
        }
    }

    package func journalLedgers() async throws -> [JournalLedger] {
        try await read { try AccountTable.ledgers($0) }
    }

    package func packVisitors(beforeHour hour: Int64) async throws -> Int {
        try await repeating(atATime: VisitorKeeping.hoursAtATime) { try $0.pack(beforeHour: hour) }
    }

    package func forgetVisitors(beforeDay day: Int64) async throws -> Int {
        while try await write(.bulk, { try VisitorKeeping(session: $0).forgetRows(beforeDay: day) }) {}
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
            let done = try await write(.bulk) { try part(VisitorKeeping(session: $0)) }
            total += done
            if done < limit { return total }
        }
    }

    package func announce(_ announcements: [JournalAnnouncement], at now: Timestamp) async throws -> [Int] {
        if announcements.isEmpty { return [] }
        let writer = AnnouncementWriter(announcements: announcements, now: now)
        return try await write { try writer.announce($0) }
    }

    package func countedThrough(
        silentSince: Timestamp, abandonedSince: Timestamp, replacedSince: Timestamp
    ) async throws -> Timestamp? {
        let values = [silentSince, abandonedSince, replacedSince].map { PostgreSQLValue.int($0.milliseconds) }
        return Timestamp(stored: try await query(JournalTable.countedThrough, values).first?.optionalInt(0))
    }

    package func hold(_ extents: [JournalExtent]) async throws -> Bool {
        let journals = extents.map(\.journal)
        return try await read { session in
            // Of what damage took a process has nothing; who waits for copies of it asks for announcements.
            let late = ClickLimits.times.upperBound
            let results = try session.pipeline([
                Ledger.selectHeld(of: journals, at: late), Ledger.selectPartials(of: journals),
            ])
            let (held, partials) = (try Ledger.held(results[0]), try Ledger.partials(results[1]))
            return extents.allSatisfy { extent in
                LedgerExtent(frame: held[extent.journal] ?? 0, partialFrames: partials[extent.journal] ?? [:])
                    .covers(extent)
            }
        }
    }

    package func foldJournals(finishedBefore: Timestamp, silentBefore: Timestamp) async throws -> Int {
        var total = 0
        while true {
            let (folded, isMore) = try await write {
                try FoldedJournals.fold(finishedBefore: finishedBefore, silentBefore: silentBefore, $0)
            }
            total += folded
            if !isMore { return total }
        }
    }

    /// Runs a statement that deletes at most so many rows until there are none; returns how many there were.
    ///
    /// - Parameter values: those of the statement before the limit.
    func deleteRows(_ statement: PostgreSQLStatement, _ values: [PostgreSQLValue], atATime limit: Int) async throws
        -> Int
    {
        var total = 0
        while true {
            let deleted = try await write(.bulk) { try $0.execute(statement, values + [.int(Int64(limit))]) }
            total += deleted
            if deleted < limit { return total }
        }
    }
}
#endif
