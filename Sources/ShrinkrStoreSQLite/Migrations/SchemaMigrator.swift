import GRDB
import ShrinkrStore

/// Brings the tables of a database up to date.
///
/// A migration that was ever released is never changed; the next one gets a file of its own.
enum SchemaMigrator {
    /// The migrations in order, by the name under which the database remembers them.
    static let migrations: [(name: String, change: Change)] = [
        ("1-initial", .sql(initialSchema)),
        ("2-journal-accounts", .sql(journalAccounts)),
        ("3-normalised-text", .code(normaliseText)),
        ("4-database-settings", .sql(databaseSettings)),
        ("5-deleted-links", .sql(deletedLinks)),
        ("6-key-history", .sql(keyHistory)),
        ("7-reusable-links", .sql(reusableLinks)),
        ("8-visitor-keys", .sql(visitorKeys)),
        ("9-journal-holders", .sql(journalHolders)),
        // Each journal's counts make the same sums.
        ("10-no-ledger-totals", .sql("DROP TABLE ledger_totals")),
        ("11-worker-versions", .sql(workerVersions)),
        ("12-visitor-sketches", .sql(visitorSketches)),
        ("13-link-clicks", .sql(linkClicks)),
        ("14-search-texts", .sql(searchTexts)),
    ]

    /// What a migration does.
    enum Change: Sendable {
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

    static func makeMigrator() -> DatabaseMigrator {
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
        if let problem = problem(applied, than: migrator, path: path) { throw .unavailable(reason: problem) }
    }

    /// Why this version cannot work with the tables; nil where it can.
    static func problem(
        // text: names of migrations.
        _ applied: Set<String>, than migrator: DatabaseMigrator, path: String
    ) -> String? {
        applied.subtracting(migrator.migrations).min().map { unknown in
            "\(path) was written by a newer version of Shrinkr (it has the migration \(unknown)); use that version"
        }
    }
}
