#if PostgreSQL
import Logging
import PostgreSQLClient
import ShrinkrStore
import Testing

@testable import ShrinkrStorePostgreSQL

/// With our own steps: what a program says of the tables that it finds.
@Suite("The tables of PostgreSQL", .timeLimit(.minutes(10)), .enabled(if: MigrationDatabase.server != nil))
struct SchemaGateTests {
    private func problem(_ database: MigrationDatabase) async throws -> String? {
        do {
            try await database.pool.withSession { session in try SchemaGate.check(session) }
            return nil
        } catch StoreError.unavailable(let reason) {
            return reason
        }
    }

    private func migrations(_ database: MigrationDatabase) throws -> PostgreSQLMigrations {
        try PostgreSQLMigrations(
            configuration: database.configuration, program: "tests 1", logger: Logger(label: "test"))
    }

    @Test("are used once they are made, and say before what is to be done")
    func usable() async throws {
        try await MigrationDatabase.with { database in
            let migrations = try migrations(database)
            #expect(try await problem(database)?.hasSuffix("run `shrinkr-api migrate`") == true)
            let before = try await migrations.status()
            #expect(!before.isUsable && before.problem == nil && before.pending == before.steps)
            let lines = ReportLines()
            let names = try await migrations.migrate { lines.add($0) }
            #expect(names == before.steps.map(\.name))
            #expect(lines.all.count == names.count)
            #expect(try await problem(database) == nil)
            let after = try await migrations.status()
            #expect(after.isUsable && after.steps.map(\.name) == names)
            #expect(after.steps.allSatisfy { if case .applied(_?, "tests 1") = $0.state { true } else { false } })
        }
    }

    @Test("are used with newer steps that add something, and not with those that take something away")
    func newer() async throws {
        try await MigrationDatabase.with { database in
            let migrations = try migrations(database)
            let count = try await migrations.migrate { _ in }.count
            func add(_ number: Int, _ kind: String) async throws {
                try await database.run(
                    "INSERT INTO shrinkr_migrations VALUES (\(number), 'x', 'y', '\(kind)', now(), 'shrinkr-api 99')")
            }
            try await add(count + 1, "expand")
            try await add(count + 2, "contract of 0001-initial")
            #expect(try await problem(database) == nil)
            let status = try await migrations.status()
            #expect(status.isUsable && status.steps.suffix(2).allSatisfy(\.isNewer))
            #expect(try await migrations.migrate { _ in } == [])
            try await add(count + 3, "contract of 9999-x")
            #expect(try await problem(database)?.contains("use a newer one") == true)
            #expect(try await migrations.status().problem?.contains("use a newer one") == true)
            await #expect(throws: StoreError.self) { try await migrations.migrate { _ in } }
        }
    }
}
#endif
