import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Synchronization
import Testing

@testable import ShrinkrStoreSQLite

@Suite struct SQLiteForgettingTests {
    /// Others that want to write wait for one transaction, not for all.
    @Test func visitorsAreForgottenInSmallTransactions() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await store.insertLinks("a")
                let count = SQLiteStore.forgottenAtATime * 2 + 1
                let visitors = (0..<count).map { VisitorKey(day: today, visitor: VisitorHash(bits: UInt64($0))) }
                let counts = LinkCounts(
                    visitors: Dictionary(uniqueKeysWithValues: visitors.map { ($0, HourSet(hour: 0)) }))
                _ = try await store.add([CountedFrame(1, link: "a", counts)], at: midnight)
                let before = try await store.pool.writeWithoutTransaction { $0.totalChangesCount }
                let observer = DeletionObserver(changesBefore: before)
                store.pool.add(transactionObserver: observer)
                #expect(try await store.forgetVisitors(beforeDay: today + 1) == count)
                let full = SQLiteStore.forgottenAtATime
                #expect(observer.deletions == [full, full, 1, full, full, 1])
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
