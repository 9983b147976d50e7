#if PostgreSQL
import Logging
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore
import ShrinkrStorePostgreSQL
import Testing

@testable import ShrinkrStoreSQLite

/// Makes databases of PostgreSQL for copies.
enum CopyDatabase {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func migrate(_ database: MigrationDatabase) async throws {
        _ = try await PostgreSQLMigrations(configuration: database.configuration, program: "tests", logger: logger)
            .migrate { _ in }
    }

    static func tables(_ database: MigrationDatabase, isSource: Bool = false) async throws -> PostgreSQLTables {
        try await PostgreSQLTables(configuration: database.configuration, isSource: isSource, logger: logger)
    }

    static func withStore(
        _ database: MigrationDatabase, _ body: (PostgreSQLStore) async throws -> Void
    ) async throws {
        let store = try await PostgreSQLStore.open(configuration: database.configuration, logger: logger)
        do {
            try await body(store)
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }
}

@Suite("Copies of PostgreSQL databases", .enabled(if: MigrationDatabase.server != nil), .timeLimit(.minutes(10)))
struct PostgreSQLCopyTests {
    private func withSQLite(_ body: (_ source: String, _ target: String) async throws -> Void) async throws {
        try await withDatabasePath { source in
            try await withSQLiteStore(source) { try await CopyFixture.fill($0) }
            try await withDatabasePath { try await body(source, $0) }
        }
    }

    private func withMigrated(_ body: (MigrationDatabase) async throws -> Void) async throws {
        try await MigrationDatabase.with { database in
            try await CopyDatabase.migrate(database)
            try await body(database)
        }
    }

    private func copy(
        _ source: some TableSource, _ target: some TableSink, batch: Int = .max, startsOver: Bool = false,
        through wrap: (any TableSink) -> any TableSink = { $0 }
    ) async throws {
        try await withTables(source) { source in
            try await withTables(target) { target in
                _ = try await StoreCopy(from: source, to: wrap(target), maximumBatch: batch) { _ in }
                    .run(startsOver: startsOver)
            }
        }
    }

    @Test("hold what the source holds, there and back, and go on as it would")
    func thereAndBack() async throws {
        try await withSQLite { path, back in
            try await withMigrated { database in
                let expected = try await withTables(SQLiteTables(path: path, creates: false)) { try await $0.digests() }
                try await copy(SQLiteTables(path: path, creates: false), CopyDatabase.tables(database))
                let found = try await withTables(CopyDatabase.tables(database)) { try await $0.digests() }
                #expect(found == expected)
                try await copy(
                    CopyDatabase.tables(database, isSource: true), SQLiteTables(path: back, creates: true), batch: 3)
                #expect(
                    try await withTables(SQLiteTables(path: back, creates: false)) { try await $0.digests() }
                        == expected)
                try await goesOn(database, as: path)
            }
        }
    }

    @Test("have the clicks of each month in partitions of their own")
    func partitions() async throws {
        try await withSQLite { path, _ in
            try await withMigrated { database in
                try await copy(SQLiteTables(path: path, creates: false), CopyDatabase.tables(database))
                for table in ["clicks_by_bucket", "clicks_by_value"] {
                    #expect(try await database.number("SELECT count(*) FROM \(table)") > 0)
                    #expect(try await database.number("SELECT count(*) FROM \(table)_other") == 0)
                }
            }
        }
    }

    /// The stores say the same of what they hold, and take new links.
    private func goesOn(_ database: MigrationDatabase, as path: String) async throws {
        try await withSQLiteStore(path) { old in
            try await CopyDatabase.withStore(database) { new in
                let query = LinkQuery(limit: 99)
                #expect(try await new.links(query).links == old.links(query).links)
                #expect(try await new.journalLedgers() == old.journalLedgers())
                #expect(try await new.buckets(.all()) == old.buckets(.all()))
                #expect(try await new.allAPIKeys(asOf: midnight) == old.allAPIKeys(asOf: midnight))
                let before = try await new.latestChange()
                let link = try await new.insert([try NewLink("next")], completing: nil)
                #expect(link.first?.createdLink != nil)
                // The feed waits for transactions of others, which may be those of other tests.
                var followed: [LinkChange] = []
                while followed.isEmpty { followed = try await new.changes(after: before, limit: 99) }
                #expect(followed.map(\.code.text).contains("next"))
                #expect(try await new.insert([try NewLink("f")], completing: nil) == [.taken])
                #expect(try await new.links(LinkQuery(limit: 1)).links.map(\.code.text) == ["next"])
            }
        }
    }

    @Test("go on where they were ended, wherever that was", arguments: [false, true])
    func interrupted(failsAfterwards: Bool) async throws {
        try await withSQLite { path, _ in
            try await withMigrated { database in
                let expected = try await withTables(SQLiteTables(path: path, creates: false)) { try await $0.digests() }
                var runs = 0
                var isDone = false
                while !isDone {
                    runs += 1
                    try #require(runs < 500)
                    do {
                        try await copy(
                            SQLiteTables(path: path, creates: false), CopyDatabase.tables(database), batch: 5
                        ) { FailingSink($0, after: runs % 4, failsAfterwards: failsAfterwards) }
                        isDone = true
                    } catch is FailingSink.Failure {
                        let mark = try await withTables(CopyDatabase.tables(database)) { try await $0.unfinishedCopy() }
                        isDone = failsAfterwards && mark == nil
                        if mark == nil { continue }
                        await #expect(throws: StoreError.self) { try await CopyDatabase.withStore(database) { _ in } }
                    }
                }
                #expect(runs > 10)
                #expect(try await withTables(CopyDatabase.tables(database)) { try await $0.digests() } == expected)
            }
        }
    }

    @Test("are started over, and not made over other data")
    func startedOver() async throws {
        try await withSQLite { path, _ in
            try await withMigrated { database in
                await #expect(throws: FailingSink.Failure.self) {
                    try await copy(SQLiteTables(path: path, creates: false), CopyDatabase.tables(database)) {
                        FailingSink($0, after: 9, failsAfterwards: true)
                    }
                }
                try await database.run("UPDATE links SET visits_used = 3 WHERE code = 'a'")
                let error = await #expect(throws: CopyError.self) {
                    try await copy(SQLiteTables(path: path, creates: false), CopyDatabase.tables(database))
                }
                guard case .different(let tables) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(tables.map(\.table) == ["links"])
                try await copy(
                    SQLiteTables(path: path, creates: false), CopyDatabase.tables(database), startsOver: true)
                await #expect(throws: CopyError.notEmpty(table: "links")) {
                    try await copy(
                        SQLiteTables(path: path, creates: false), CopyDatabase.tables(database), startsOver: true)
                }
            }
        }
    }

    @Test("are made of a source that nobody can write meanwhile")
    func locked() async throws {
        try await withMigrated { database in
            try await CopyDatabase.withStore(database) { _ = try await $0.insert([try NewLink("a")], completing: nil) }
            try await withTables(CopyDatabase.tables(database, isSource: true)) { _ async throws in
                await #expect(throws: PostgreSQLError.self) {
                    try await database.run("SET lock_timeout = '50ms'; UPDATE links SET version = 2")
                }
                #expect(try await database.number("SELECT count(*) FROM links") == 1)
            }
            try await database.run("SET lock_timeout = '5s'; UPDATE links SET version = 2")
        }
    }

    @Test("are not made while a program has the database open")
    func inUse() async throws {
        try await withMigrated { database in
            var configuration = database.configuration
            configuration.applicationName = "shrinkr-api"
            let program = PostgreSQLPool(configuration, logger: CopyDatabase.logger)
            _ = try await program.query("SELECT 1")
            for isSource in [true, false] {
                let error = await #expect(throws: CopyError.self) {
                    try await withTables(CopyDatabase.tables(database, isSource: isSource)) { _ in }
                }
                let words = "\(try #require(error))"
                #expect(words.contains("connections of Shrinkr's)"))
            }
            await program.close()
        }
    }

    @Test("need tables that are there")
    func notMigrated() async throws {
        try await MigrationDatabase.with { database in
            let error = await #expect(throws: StoreError.self) {
                try await withTables(CopyDatabase.tables(database)) { _ in }
            }
            let words = "\(try #require(error))"
            #expect(words.contains("shrinkr-api migrate"))
        }
    }
}
#endif
