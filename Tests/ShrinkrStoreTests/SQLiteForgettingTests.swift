import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Synchronization
import Testing

@testable import ShrinkrStoreSQLite

@Suite struct SQLiteForgettingTests {
    /// Others that want to write wait for one transaction, not for all.
    @Test func visitorsAreForgottenInSmallTransactions() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await store.insertLinks("a")
                let days = VisitorKeeping.daysAtATime + 1
                var counts = LinkCounts()
                for day in 0..<days { counts.see(1, day: today - Int64(day), hours: [0]) }
                _ = try await store.add([CountedFrame(1, link: "a", counts)], at: midnight)
                let before = try await store.pool.writeWithoutTransaction { $0.totalChangesCount }
                let observer = DeletionObserver(changesBefore: before)
                store.pool.add(transactionObserver: observer)
                #expect(try await store.forgetVisitors(beforeDay: today + 1) == days * 2)
                // For each day of the link and of all links: a row moved from hours to days; then the day deleted, one
                // number saved, and one of the hour where it is the link's.
                #expect(observer.deletions.reduce(0, +) == days * (4 + 5))
                let most = max(2 * VisitorKeeping.hoursAtATime, 3 * VisitorKeeping.daysAtATime)
                #expect(observer.deletions.allSatisfy { $0 <= most })
            }
        }
    }

    /// Those whom an older version remembers one by one.
    @Test func rememberedVisitorsAreForgottenInSmallTransactions() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let (full, count) = (VisitorKeeping.rowsAtATime, VisitorKeeping.rowsAtATime * 2 + 1)
                try await store.pool.write { database in
                    let numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < \(count))"
                    try database.execute(
                        sql: "INSERT INTO link_visitors \(numbers) SELECT \(today), 'a', n, 1 FROM n;")
                    try database.execute(sql: "INSERT INTO day_visitors \(numbers) SELECT \(today), n FROM n")
                }
                let before = try await store.pool.writeWithoutTransaction { $0.totalChangesCount }
                let observer = DeletionObserver(changesBefore: before)
                store.pool.add(transactionObserver: observer)
                #expect(try await store.forgetVisitors(beforeDay: today + 1) == 0)
                #expect(observer.deletions.filter { $0 > 0 } == [2 * full, 2 * full, 2])
            }
        }
    }

    @Test func answersAreForgottenInSmallTransactions() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let count = SQLiteStore.forgottenAnswersAtATime * 2 + 1
                for number in 0..<count {
                    let key = [UInt8(number % 256), UInt8(number / 256)]
                    let reservation = IdempotencyReservation(key: key, fingerprint: [], token: [])
                    _ = try await store.reserve(reservation, at: midnight, abandonedBefore: midnight)
                }
                let before = try await store.pool.writeWithoutTransaction { $0.totalChangesCount }
                let observer = DeletionObserver(changesBefore: before)
                store.pool.add(transactionObserver: observer)
                #expect(try await store.forgetIdempotencyKeys(before: midnight.advanced(by: .seconds(1))) == count)
                let full = SQLiteStore.forgottenAnswersAtATime
                #expect(observer.deletions == [full, full, 1])
            }
        }
    }
}

/// Counts the rows that each committed transaction changed. SQLite does not tell of the single rows of tables WITHOUT
/// ROWID (https://www.sqlite.org/c3ref/update_hook.html), only how many have changed since the connection was opened.
private final class DeletionObserver: TransactionObserver, Sendable {
    private let totals: Mutex<[Int]>

    init(changesBefore total: Int) {
        totals = Mutex([total])
    }

    var deletions: [Int] { totals.withLock { zip($0.dropFirst(), $0).map { $0 - $1 } } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseDidCommit(_ db: Database) {
        let total = db.totalChangesCount
        totals.withLock { $0.append(total) }
    }

    func databaseDidRollback(_ db: Database) {}
}
