import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Synchronization
import Testing

@testable import ShrinkrStoreSQLite

/// What a store is filled with, so that every table has rows, and texts that sort and compare in their own way.
enum CopyFixture {
    static let journal = "aaaaaaaa-0000-4000-8000-000000000000"
    private static let folded = "bbbbbbbb-0000-4000-8000-000000000000"
    private static let reservation = IdempotencyReservation(key: [0, 255, 39], fingerprint: [], token: [0])

    static func fill(_ store: any Store) async throws {
        try await fillLinks(store)
        try await fillAccess(store)
        try await fillCounts(store)
        try await fillJournals(store)
        _ = try await store.visitorKey(ofDay: today, proposal: Array(0...31))
        if let store = store as? SQLiteStore { try await fillRememberedVisitors(store) }
    }

    /// What a release before the sketches has left.
    private static func fillRememberedVisitors(_ store: SQLiteStore) async throws {
        try await store.pool.write { database in
            try database.execute(
                sql: """
                    INSERT INTO link_visitors (day, code, visitor, hours) VALUES (\(today), 'a', -1, 3), (\(today), 'B', 7, 1);
                    INSERT INTO day_visitors (day, visitor) VALUES (\(today), -1), (\(today), 7);
                    """)
        }
    }

    private static func fillLinks(_ store: any Store) async throws {
        for (index, text) in ["a", "B", "c-d", "Zz", "e", "f", "g"].enumerated() {
            try await store.insert(
                NewLink(text, url: "https://example.com/?\(text)=\u{1F517}'") {
                    $0.title = index == 1 ? nil : "Café \u{10FFFF} \(text)"
                    $0.tags = index.isMultiple(of: 2) ? ["tag", "Tag", "é"] : []
                    $0.maximumVisits = index == 2 ? 5 : nil
                    $0.expiresAt = index == 3 ? midnight : nil
                    $0.enabled = index != 4
                })
        }
        #expect(try await store.takeVisit(try code("c-d"), at: midnight))
        _ = try await store.delete(try code("e"), ifVersion: nil, at: midnight)
        _ = try await store.erase(try code("f"), ifVersion: nil, at: midnight)
        _ = try await store.update(try code("a"), ifVersion: nil, at: midnight) { link in
            var settings = link.settings
            settings.title = "changed"
            return settings
        }
    }

    private static func fillAccess(_ store: any Store) async throws {
        for (id, scopes) in [("k1", [APIScope.admin]), ("K2", []), ("k3", [.linksRead, .statsRead])] {
            let key = APIKeyRecord(
                id: id, name: "Büro", scopes: Set(scopes), secretHash: Array(0...31), createdAt: midnight,
                expiresAt: id == "k3" ? midnight : nil, createdBy: id == "K2" ? nil : "command-line")
            try await store.insert(key, completing: nil)
        }
        _ = try await store.revokeAPIKey("k3", at: midnight)
        try await store.recordUses(of: ["k1": midnight])
        let other = IdempotencyReservation(key: [1], fingerprint: [2], token: [3])
        for reservation in [reservation, other] {
            _ = try await store.reserve(reservation, at: midnight, abandonedBefore: midnight)
        }
        let completion = IdempotentCompletion<[InsertOutcome]>(reservation: reservation) { _ in [0, 1, 255] }
        _ = try await store.insert([try NewLink("h")], completing: completion)
    }

    private static func fillCounts(_ store: any Store) async throws {
        var frames: [CountedFrame] = []
        for (index, text) in ["a", "B", "gone"].enumerated() {
            var counts = LinkCounts()
            for number in 0..<9 {
                let bucket = bucket(Int64(number * 13))
                counts.buckets[bucket] = Tally(people: number + 1, bots: index)
                for value in ["", "Zürich", "zurich", "a.example"] {
                    counts.values[DimensionKey(bucket: bucket, dimension: .referrer, value: value)] = Tally(people: 1)
                }
                counts.see(UInt64.max - UInt64(number), day: today + Int64(number % 2), hours: [number])
            }
            frames.append(try CountedFrame(Int64(index * 2 + 1), of: journal, link: text, counts))
        }
        frames.append(try CountedFrame(9, of: journal, clicks: ["a", "B"], isPartial: true))
        _ = try await store.add(frames, at: midnight)
        // Some are in sketches of hours, some in those of days, and of some there are numbers alone.
        var older = LinkCounts()
        for day in 1...3 { older.see(1, day: today - Int64(day), hours: [0, 23]) }
        _ = try await store.add([CountedFrame(11, of: journal, link: "a", older)], at: midnight)
        try await store.packVisitors(beforeHour: (today - 1) * 24)
        _ = try await store.forgetVisitors(beforeDay: today - 2)
        for report in try await store.claimDueReports(limit: 3, at: midnight, until: midnight).prefix(2) {
            try await store.finishReport(report)
        }
    }

    private static func fillJournals(_ store: any Store) async throws {
        let account = JournalAccount(
            answered: 40, recorded: 38, lost: 1, dropped: 2, published: 30, publishedThrough: 4, gaps: [6...7])
        let extent = JournalExtent(journal: journal, frame: 12, partialFrames: [9: 3])
        let statements = [
            JournalAnnouncement(extent: extent, time: midnight, account: account),
            JournalAnnouncement(extent: extent, holder: "cccccccc-0000-4000-8000-000000000000", time: midnight),
            JournalAnnouncement(
                extent: JournalExtent(journal: folded, frame: 0), time: midnight, isLast: true, account: account),
        ]
        _ = try await store.announce(statements, at: midnight)
        let later = midnight.advanced(by: .seconds(1))
        try await store.announce(
            JournalAnnouncement(extent: extent, time: later, account: account), at: later)
        let folded = try await store.foldJournals(finishedBefore: later, silentBefore: Timestamp(milliseconds: 0))
        #expect(folded == 1)
    }
}

/// A target that fails at one of its transactions, before it or after.
final class FailingSink: TableSink {
    struct Failure: Error {}

    private let target: any TableSink
    /// Transactions that are still to work.
    private let left: Mutex<Int>
    private let failsAfterwards: Bool

    init(_ target: any TableSink, after transactions: Int, failsAfterwards: Bool) {
        self.target = target
        left = Mutex(transactions)
        self.failsAfterwards = failsAfterwards
    }

    private func transaction(_ work: () async throws -> Void) async throws {
        let isLast = left.withLock { left in
            left -= 1
            return left < 0
        }
        if isLast, !failsAfterwards { throw Failure() }
        try await work()
        if isLast { throw Failure() }
    }

    func beginCopy(of source: String) async throws { try await transaction { try await target.beginCopy(of: source) } }
    func append(_ rows: [TableRow], to table: CopiedTable) async throws {
        try await transaction { try await target.append(rows, to: table) }
    }
    func discardCopy() async throws { try await transaction { try await target.discardCopy() } }
    func finishCopy() async throws { try await transaction { try await target.finishCopy() } }

    var name: String { target.name }
    func unfinishedCopy() async throws -> String? { try await target.unfinishedCopy() }
    func lastRow(of table: CopiedTable) async throws -> TableRow? { try await target.lastRow(of: table) }
    func count(_ table: CopiedTable) async throws -> Int { try await target.count(table) }
    func rows(of table: CopiedTable, after last: TableRow?, limit: Int) async throws -> [TableRow] {
        try await target.rows(of: table, after: last, limit: limit)
    }
    func close() async throws { try await target.close() }
}

/// Runs `body` with the tables, and closes them afterwards.
func withTables<Tables: TableSource, Value>(
    _ tables: Tables, _ body: (Tables) async throws -> Value
) async throws -> Value {
    do {
        let value = try await body(tables)
        try await tables.close()
        return value
    } catch {
        try? await tables.close()
        throw error
    }
}

extension TableSource {
    /// Of every table.
    func digests() async throws -> [String: TableDigest] {
        var digests: [String: TableDigest] = [:]
        for table in CopiedTable.all { digests[table.name] = try await TableDigest(of: table, in: self) }
        return digests
    }
}
