import GRDB
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
}
