package import ShrinkrBase
package import ShrinkrCore

/// Where counts live, with the ledger that makes each frame count once. Every method is one transaction unless it says
/// otherwise, and each may throw ``StoreError``.
package protocol StatsStore: Sendable {
    /// Enters frames into the ledger and adds the counts of those that were not in it, in one transaction.
    ///
    /// Of a frame of which only the beginning is counted, a longer version adds the clicks behind that. Once the whole frame
    /// is counted nothing is added any more.
    ///
    /// Clicks of codes that were never issued are counted as orphans and nowhere else. The same
    /// transaction marks every hour and day that changed as due for a report.
    ///
    /// Without frames it writes something all the same, and so tells whether the store works.
    /// - Throws: ``StoreError/refused(reason:)`` where a frame's content is to blame: fewer frames at a time find it.
    func add(_ frames: [CountedFrame], at now: Timestamp) async throws -> AddOutcome

    /// Clicks per bucket in `range`, in order, buckets without clicks left out.
    func buckets(_ range: StatsRange) async throws -> [BucketTally]

    /// Clicks per value of a dimension in `range`, most clicks first, then by value; at most `limit`.
    ///
    /// - Parameter traffic: only these clicks are counted: they make the order, and values without any are left out.
    func values(_ range: StatsRange, dimension: Dimension, traffic: Traffic, limit: Int) async throws -> [ValueTally]

    /// Distinct visitors (people) per UTC day, summed over the days that `range` touches.
    func visitors(_ range: StatsRange) async throws -> VisitorCount

    /// The links with the most clicks in `range`, most first, then by code; at most `limit`.
    ///
    /// - Parameter traffic: only these clicks are counted: they make the order, and links without any are left out.
    func topLinks(_ range: StatsRange, traffic: Traffic, limit: Int) async throws -> [LinkTally]

    /// Both sides of the ledger for every journal that was ever heard of or counted, by journal; those that
    /// ``foldJournals(finishedBefore:silentBefore:)`` took make one, named ``JournalLedger/folded``.
    func journalLedgers() async throws -> [JournalLedger]

    /// Puts the sketches of hours before `hour` (since 1970-01-01T00:00:00Z) together by day, in which form they take less
    /// room. What comes late finds its place all the same.
    ///
    /// May take several transactions, as ``forgetVisitors(beforeDay:)``.
    /// - Returns: how many sketches of hours were moved.
    @discardableResult
    func packVisitors(beforeHour hour: Int64) async throws -> Int

    /// Forgets the sketches of days before `day` (days since 1970-01-01). Their numbers stay. A visitor who comes with a
    /// late frame after that counts again.
    ///
    /// May take several transactions, so that others can write in between; what is left after an error is forgotten by
    /// the next call.
    /// - Returns: how many were forgotten: one per day and link, and one per day for all links.
    func forgetVisitors(beforeDay day: Int64) async throws -> Int

    /// Makes sketches of the visitors of `day` (days since 1970-01-01) and later that a release before the sketches
    /// remembers one by one, and forgets these: who comes again is then known, whichever release counts. Numbers of
    /// earlier days stay as they are, which is exactly.
    ///
    /// May take several transactions, as ``forgetVisitors(beforeDay:)``.
    /// - Returns: how many visitors of a link and day there were.
    @discardableResult
    func sketchVisitors(sinceDay day: Int64) async throws -> Int

    /// Tells how far journals have come; see ``JournalAnnouncement``.
    ///
    /// - Returns: how many frames of each announcement's journal are counted, in their order. In one store that number
    ///   never falls.
    @discardableResult
    func announce(_ announcements: [JournalAnnouncement], at now: Timestamp) async throws -> [Int]

    /// Up to which time everything is counted, by what the journals announced.
    ///
    /// - Parameters:
    ///   - silentSince: journals that have announced nothing since then are left out, their process is gone; but not
    ///     those with an open statement, which have frames that are yet to be counted.
    ///   - abandonedSince: journals that have announced nothing since then are left out even so.
    ///   - replacedSince: holders of a journal that have announced nothing since then are left out where another one has all
    ///     that they ever announced, or where they never announced a frame.
    /// - Returns: nil where no journal takes part.
    func countedThrough(
        silentSince: Timestamp, abandonedSince: Timestamp, replacedSince: Timestamp
    ) async throws -> Timestamp?

    /// Whether every click is counted of what a process has of each journal.
    func hold(_ extents: [JournalExtent]) async throws -> Bool

    /// Folds the accounts of journals that are done with into one sum, so that they take no room each.
    ///
    /// What remains of a journal is what tells its frames when they come again, from a copy of its files however old: a
    /// range of numbers, a row for a frame of which only the beginning is counted, one for a gap, so that nobody waits
    /// for it once more, and a row that says it is folded. That is kept for ever; at some 200 bytes for a start that answered something, ten starts a day come to 7 MB in ten
    /// years.
    ///
    /// - Parameters:
    ///   - finishedBefore: journals are folded whose last words are fulfilled and that said nothing since then.
    ///   - silentBefore: journals that said nothing since then are folded whatever became of them.
    /// - Returns: how many journals were folded.
    func foldJournals(finishedBefore: Timestamp, silentBefore: Timestamp) async throws -> Int

    /// Makes the parts of tables for this month and the next ones, in a store that has such: to be called now and then.
    /// Without them all works, only more slowly with the years.
    ///
    /// - Returns: how many were missing.
    @discardableResult
    func makePartitions(at now: Timestamp) async throws -> Int
}

extension StatsStore {
    /// Makes nothing, in a store whose tables have no parts.
    package func makePartitions(at now: Timestamp) async throws -> Int { 0 }

    /// Makes nothing, in a store that no release before the sketches has used.
    package func sketchVisitors(sinceDay day: Int64) async throws -> Int { 0 }

    /// Tells how far one journal has come.
    package func announce(_ announcement: JournalAnnouncement, at now: Timestamp) async throws {
        try await announce([announcement], at: now)
    }
}

/// What became of frames that were to be added.
package struct AddOutcome: Hashable, Sendable {
    /// Clicks of new frames that were added to a link's counts.
    package var counted = 0
    /// Clicks of new frames whose code is no link.
    package var orphaned = 0
    /// Frames that were in the ledger already.
    package var duplicateFrames = 0

    package init(counted: Int = 0, orphaned: Int = 0, duplicateFrames: Int = 0) {
        self.counted = counted
        self.orphaned = orphaned
        self.duplicateFrames = duplicateFrames
    }
}

/// Which clicks a query is about.
package struct StatsRange: Hashable, Sendable {
    /// One link; nil for all.
    package let code: ShortCode?
    /// From the start of the first bucket up to the start of the second.
    package let buckets: Range<TimeBucket>

    package init(code: ShortCode?, buckets: Range<TimeBucket>) {
        self.code = code
        self.buckets = buckets
    }
}

/// The clicks of one bucket.
package struct BucketTally: Hashable, Sendable {
    package let bucket: TimeBucket
    package let tally: Tally

    package init(bucket: TimeBucket, tally: Tally) {
        self.bucket = bucket
        self.tally = tally
    }
}

/// The clicks with one value of a dimension.
package struct ValueTally: Hashable, Sendable {
    package let value: String
    package let tally: Tally

    package init(value: String, tally: Tally) {
        self.value = value
        self.tally = tally
    }
}

/// The clicks of one link.
package struct LinkTally: Hashable, Sendable {
    package let code: ShortCode
    package let tally: Tally

    package init(code: ShortCode, tally: Tally) {
        self.code = code
        self.tally = tally
    }
}

/// Bounds of what a store keeps.
package enum StoreLimits {
    /// Most distinct values of one dimension that a link has in one bucket; further ones are counted as ``otherValue``.
    /// A referrer can be invented, so without it a client could fill the database.
    package static let valuesPerBucket = 100
    /// Stands for all values past the limit.
    package static let otherValue = "(other)"
    /// Most bytes of a dimension's value.
    package static let valueBytes = 253
}
