import GRDB
import ShrinkrStore

/// Brings the tables of a database up to date.
///
/// A migration that was ever released is never changed; the next one gets a file of its own.
enum SchemaMigrator {
    /// The migrations in order, by the name under which the database remembers them.
    private static let migrations: [(name: String, sql: String)] = [
        ("1-initial", initialSchema),
        ("2-journal-accounts", journalAccounts),
    ]

    /// Runs the migrations that the database does not have yet.
    ///
    /// - Throws: ``StoreError`` where the database has migrations of a newer version; otherwise `DatabaseError`.
    static func migrate(_ pool: DatabasePool) throws {
        let migrator = makeMigrator()
        while true {
            let applied = try pool.read { try migrator.appliedIdentifiers($0) }
            try refuseNewer(applied, than: migrator, path: pool.path)
            do {
                return try migrator.migrate(pool)
            } catch let error as DatabaseError {
                // Another process may have run the same migration meanwhile; then ours failed on its tables.
                guard try pool.read({ try migrator.appliedIdentifiers($0) }) != applied else { throw error }
            }
        }
    }

    private static func makeMigrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (name, sql) in migrations {
            migrator.registerMigration(name, foreignKeyChecks: .immediate) { try $0.execute(sql: sql) }
        }
        return migrator
    }

    private static func refuseNewer(
        _ applied: Set<String>, than migrator: DatabaseMigrator, path: String
    ) throws(StoreError) {
        guard let unknown = applied.subtracting(migrator.migrations).min() else { return }
        throw .unavailable(
            reason:
                "\(path) was written by a newer version of Shrinkr (it has the migration \(unknown)); use that version")
    }
}
