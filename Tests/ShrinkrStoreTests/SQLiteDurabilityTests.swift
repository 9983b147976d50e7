import GRDB
import Testing

@testable import ShrinkrStoreSQLite

@Suite struct SQLiteDurabilityTests {
    /// A commit has to outlive a power failure: the message that it counted is deleted right after it.
    @Test func commitsAreSynced() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let settings = try await store.pool.writeWithoutTransaction { database in
                    try ["synchronous", "foreign_keys"].map { try Int.fetchOne(database, sql: "PRAGMA \($0)") }
                }
                // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
                #expect(settings == [2, 1])
            }
        }
    }
}
