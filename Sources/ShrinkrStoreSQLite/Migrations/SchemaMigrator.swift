import GRDB
import ShrinkrStore

/// Brings the tables of a database up to date.
///
/// A migration that was ever released is never changed; the next one gets a file of its own.
enum SchemaMigrator {
    /// The migrations in order, by the name under which the database remembers them.
    private static let migrations: [(name: String, change: Change)] = [
        ("1-initial", .sql(initialSchema)),
        ("2-journal-accounts", .sql(journalAccounts)),
        ("3-normalised-text", .code(normaliseText)),
        ("4-deleted-links", .sql(deletedLinks)),
    ]

    /// What a migration does.
    private enum Change: Sendable {
        case sql(String)
        /// For what SQL has no function for.
        case code(@Sendable (Database) throws -> Void)

        func run(_ database: Database) throws {
            switch self {
            case .sql(let sql): try database.execute(sql: sql)
            case .code(let code): try code(database)
            }
        }
    }

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
        for (name, change) in migrations {
            migrator.registerMigration(name, foreignKeyChecks: .immediate) { try change.run($0) }
        }
        return migrator
    }

    private static func refuseNewer(
        // text: names of migrations.
        _ applied: Set<String>, than migrator: DatabaseMigrator, path: String
    ) throws(StoreError) {
        guard let unknown = applied.subtracting(migrator.migrations).min() else { return }
        throw .unavailable(
            reason:
                "\(path) was written by a newer version of Shrinkr (it has the migration \(unknown)); use that version")
    }
}
