import GRDB
import ShrinkrStore
import Testing

@testable import ShrinkrStoreSQLite

@Suite("Migrations of SQLite", .timeLimit(.minutes(10))) struct SQLiteMigrationsTests {
    @Test("are told of a new database, and done once it was opened")
    func opened() async throws {
        try await withDatabasePath { path in
            try SQLiteFile.create(path)
            let migrations = SQLiteMigrations(path: path)
            let before = try await migrations.status()
            #expect(!before.isUsable && before.problem == nil)
            #expect(before.pending.map(\.name) == SchemaMigrator.migrations.map(\.name))
            #expect(before.steps.first?.sql?.contains("CREATE TABLE links") == true)
            try await withSQLiteStore(path) { _ in }
            let after = try await migrations.status()
            #expect(after.isUsable && after.steps.map(\.name) == before.steps.map(\.name))
            #expect(try await migrations.migrate { _ in } == [])
        }
    }

    @Test("are run, and say what was done")
    func run() async throws {
        try await withDatabasePath { path in
            try SQLiteFile.create(path)
            let migrations = SQLiteMigrations(path: path)
            let names = try await migrations.migrate { _ in }
            #expect(names == SchemaMigrator.migrations.map(\.name))
            #expect(try await migrations.status().isUsable)
        }
    }

    @Test("refuse what a newer version has written")
    func newer() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { _ in }
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-x')") }
            try queue.close()
            let migrations = SQLiteMigrations(path: path)
            let status = try await migrations.status()
            #expect(!status.isUsable && status.problem?.contains("newer version of Shrinkr") == true)
            #expect(status.steps.last?.isNewer == true)
            await #expect(throws: StoreError.self) { try await migrations.migrate { _ in } }
        }
    }

    @Test("say that there is no database, and make none")
    func missing() async throws {
        try await withDatabasePath { path in
            await #expect(throws: StoreError.self) { try await SQLiteMigrations(path: path).status() }
            #expect(SQLiteFile.identity(path) == nil)
        }
    }
}
