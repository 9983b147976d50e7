import GRDB
import GRDBSQLite
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrStoreSQLite

/// Work that keeps others waiting has bounds that do not depend on what the database holds.
@Suite struct SQLiteBoundedWorkTests {
    /// As many equal links as there are cost no more than a few.
    @Test(arguments: [nil, 1] as [Int?])
    func reuseDoesNotReadAllEqualLinks(maximumVisits: Int?) async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let batch = try (0..<100).map { number in
                    // Half of them with a code of their own, of which there is no link.
                    var link = try NewLink("new\(number)", reuse: true) { $0.maximumVisits = maximumVisits }
                    link.isAlias = number % 2 == 0
                    return link
                }
                let few = try await steps(store) { _ = try await store.insert(batch, completing: nil) }
                try await store.pool.write { database in
                    try database.execute(sql: "DELETE FROM links")
                    try fill(database, equalTo: batch[0], count: 20_000)
                }
                let many = try await steps(store) { _ = try await store.insert(batch, completing: nil) }
                #expect(few > 0 && many < few * 5, "\(many) steps, and \(few) without equal links")
                let reused = try await store.insert(NewLink("x", reuse: true) { $0.maximumVisits = maximumVisits })
                #expect(reused.reusedLink != nil)
            }
        }
    }

    /// Links whose hashes were made to be equal are looked at up to a limit.
    @Test func reuseLooksAtFewLinksWithOneHash() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let link = try NewLink("wanted")
                for number in 0..<(LinkWriter.reuseCandidates - 1) { try await store.insertLinks("other\(number)") }
                _ = try await store.insert([link], completing: nil)
                try await store.pool.write {
                    try $0.execute(sql: "UPDATE links SET url = url || id WHERE code <> 'wanted'")
                }
                let reuse = try NewLink("x", reuse: true)
                #expect(try await store.insert(reuse).reusedLink?.code.text == "wanted")
                try await store.pool.write { database in
                    try database.execute(sql: "UPDATE links SET id = 1000 WHERE code = 'wanted'")
                }
                try await store.insertLinks("last")
                try await store.pool.write {
                    try $0.execute(sql: "UPDATE links SET url = url || id WHERE code = 'last'")
                }
                try await store.pool.write { try $0.execute(sql: "UPDATE links SET id = 999 WHERE code = 'last'") }
                #expect(try await store.insert(reuse).createdLink?.code.text == "x")
            }
        }
    }

    /// While every connection for lists, searches and statistics is taken, links and keys are read as ever.
    @Test func promptReadsDoNotWaitForBulkReads() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await store.insertLinks("a")
                let busy = (0..<20).map { _ in Task { try await store.read(.bulk, Self.endless) } }
                for _ in 0..<20 {
                    #expect(try await store.link(try code("a")) != nil)
                    #expect(try await store.apiKey("k") == nil)
                    #expect(try await store.takeVisit(try code("a"), at: midnight) == false)
                }
                for task in busy { task.cancel() }
                for task in busy { await #expect(throws: (any Error).self) { try await task.value } }
                #expect(try await store.links(LinkQuery(limit: 9)).links.count == 1)
            }
        }
    }

    /// A cancelled read ends in the middle of its query, and its connection works again.
    @Test func cancelledReadIsInterrupted() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path, .patient { $0.maximumBulkReaders = 1 }) { store in
                for _ in 0..<3 {
                    let task = Task { try await store.read(.bulk, Self.endless) }
                    try await Task.sleep(for: .milliseconds(50))
                    task.cancel()
                    await #expect(throws: CancellationError.self) { try await task.value }
                    #expect(try await store.links(LinkQuery(limit: 9)).links.isEmpty)
                }
            }
        }
    }

    /// A query that would take years.
    private static let endless: @Sendable (Database) throws -> Void = { database in
        _ = try Int.fetchOne(
            database,
            sql: """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000000)
                SELECT count(*) FROM numbers
                """)
    }

    /// How often SQLite reported progress to the connection that writes, once in some hundred instructions: the same on every
    /// machine, however busy it is.
    private func steps(_ store: SQLiteStore, _ work: () async throws -> Void) async throws -> Int {
        let counter = Counter()
        try await store.pool.writeWithoutTransaction { database in
            sqlite3_progress_handler(
                database.sqliteConnection, 100,
                { counter in
                    Unmanaged<Counter>.fromOpaque(counter!).takeUnretainedValue().count += 1
                    return 0
                }, Unmanaged.passUnretained(counter).toOpaque())
        }
        try await work()
        return try await store.pool.writeWithoutTransaction { database in
            sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil)
            return counter.count
        }
    }

    /// Only the connection that writes uses it, one call at a time.
    private final class Counter: @unchecked Sendable {
        var count = 0
    }

    /// Adds links with the settings of `link`; those with a visit limit have used it up, but for the last.
    private func fill(_ database: Database, equalTo link: NewLink, count: Int) throws {
        let settings = link.settings
        try database.execute(
            sql: """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
                INSERT INTO links (code, folded, change_position, url, redirect_status, forward_query, enabled,
                    maximum_visits, visits_used, created_at, updated_at, version, settings_hash)
                SELECT 'old' || n, 'old' || n, n, ?, ?, ?, ?, ?, n < ?, ?, ?, 1, ? FROM numbers
                """,
            arguments: [
                count, settings.url, settings.redirectStatus.rawValue, settings.forwardQuery, settings.enabled,
                settings.maximumVisits, count, midnight.milliseconds, midnight.milliseconds, settings.searchHash,
            ])
    }
}
