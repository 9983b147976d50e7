import GRDB
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrStoreSQLite

@Suite struct SchemaMigratorTests {
    /// Processes that start together may all find the database empty; whoever comes second must not fail.
    @Test(arguments: 0..<20)
    func migrationsMayRaceEachOther(_ round: Int) async throws {
        try await withDatabasePath { path in
            try SQLiteFile.create(path)
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let pools = try (0..<2).map { _ in try DatabasePool(path: path, configuration: configuration) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for pool in pools { group.addTask { try SchemaMigrator.migrate(pool) } }
                try await group.waitForAll()
            }
            for pool in pools { try pool.close() }
        }
    }

    /// Text of before there was one form for it: found afterwards by what people mean, and equal to what they send.
    @Test func textOfOldDatabasesIsNormalised() async throws {
        let (composed, decomposed) = ("Caf\u{E9}", "Cafe\u{301}")
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store async throws in
                _ = try await store.insert(
                    [
                        try NewLink("old") {
                            $0.title = decomposed
                            $0.tags = [decomposed, composed, "plain"]
                        },
                        try NewLink("ascii") { $0.title = "Cafe" },
                    ], completing: nil)
                let key = APIKeyRecord(
                    id: "k", name: decomposed, scopes: [.admin], secretHash: [1], createdAt: midnight, expiresAt: nil)
                try await store.insert(key, completing: nil)
            }
            let pool = try DatabasePool(path: path)
            try await pool.write { database in
                try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '3-normalised-text'")
            }
            try pool.close()
            try await withSQLiteStore(path) { store async throws in
                let link = try #require(try await store.link(try code("old")))
                #expect(link.settings.title?.unicodeScalars.count == 4)
                #expect(link.settings.tags.map(\.unicodeScalars.count) == [4, 5])
                #expect(link.version == 1)
                #expect(try await store.links(LinkQuery(limit: 9, tags: [composed])).links.map(\.code.text) == ["old"])
                #expect(try await store.links(LinkQuery(limit: 9, search: composed)).links.map(\.code.text) == ["old"])
                let again = NewLink(
                    candidates: [try code("new")], settings: link.settings, reuse: true, createdAt: midnight)
                #expect(try await store.insert([again], completing: nil) == [.reused(link)])
                #expect(
                    try await store.apiKeys(APIKeyQuery(limit: 9, asOf: midnight)).keys.first?.name.unicodeScalars.count
                        == 4)
                #expect(try await store.link(try code("ascii"))?.settings.title == "Cafe")
            }
        }
    }

    /// Counts of before there was a sum for each link.
    @Test func clicksOfOldDatabasesAreSummedUp() async throws {
        try await withDatabasePath { path in
            let count = { (store: SQLiteStore) async throws in
                try await store.links(LinkQuery(limit: 9, order: .clicks)).entries
                    + store.links(LinkQuery(limit: 9, order: .clicks, deleted: true)).entries
            }
            let before = try await withSQLiteStore(path) { store async throws in
                try await store.insertLinks("a", "b", "c", "d")
                let counts = LinkCounts(buckets: [
                    bucket(0): Tally(people: 1), bucket(2): Tally(bots: 3), bucket(9): Tally(),
                ])
                _ = try await store.add(
                    [CountedFrame(1, link: "a", counts), CountedFrame(2, people: ["c": 9, "d": 1])], at: midnight)
                _ = try await store.delete(try code("c"), ifVersion: nil, at: midnight)
                _ = try await store.erase(try code("d"), ifVersion: nil, at: midnight)
                return try await count(store)
            }
            #expect(before.map(\.clicks.tally.clicks) == [4, 0, 9])
            let pool = try DatabasePool(path: path)
            try await pool.write { database in
                let triggers = try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
                for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
                try database.execute(
                    sql: "DROP TABLE link_clicks; DELETE FROM grdb_migrations WHERE identifier = '13-link-clicks'")
            }
            try pool.close()
            #expect(try await withSQLiteStore(path) { try await count($0) } == before)
        }
    }
}
