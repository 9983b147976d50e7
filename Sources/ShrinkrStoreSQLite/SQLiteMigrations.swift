import GRDB
package import ShrinkrStore

/// The steps that make the tables of an SQLite file. Programs run them by themselves when they open it.
package struct SQLiteMigrations: SchemaMigrations {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    package func status() async throws -> SchemaStatus {
        let path = path
        do {
            return try await SQLiteStore.onBlockingThread {
                var configuration = Configuration()
                configuration.readonly = true
                configuration.busyMode = .timeout(5)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                defer { try? queue.close() }
                let migrator = SchemaMigrator.makeMigrator()
                let applied = try queue.read { try migrator.appliedIdentifiers($0) }
                return Self.status(applied, migrator, path: path)
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// - Parameter applied: the steps of the database, of which it does not keep when they were run.
    private static func status(
        // text: names of migrations.
        _ applied: Set<String>, _ migrator: DatabaseMigrator, path: String
    ) -> SchemaStatus {
        let done = SchemaStatus.Step.State.applied(at: nil, by: nil)
        let known = SchemaMigrator.migrations.map { name, change in
            SchemaStatus.Step(name: name, kind: nil, state: applied.contains(name) ? done : .pending, sql: change.sql)
        }
        let newer = applied.subtracting(migrator.migrations).map {
            SchemaStatus.Step(name: $0, kind: nil, state: done, isNewer: true)
        }
        return SchemaStatus(
            steps: known + newer, problem: SchemaMigrator.problem(applied, than: migrator, path: path))
    }

    package func migrate(report: @escaping @Sendable (String) -> Void) async throws -> [String] {
        let before = try await status()
        if let problem = before.problem { throw StoreError.unavailable(reason: problem) }
        guard !before.pending.isEmpty else { return [] }
        let store = try await SQLiteStore.open(path: path, configuration: SQLiteConfiguration(choosesCodeCase: false))
        try await store.close()
        for step in before.pending { report("'\(step.name)' is done") }
        return before.pending.map(\.name)
    }
}

extension SchemaMigrator.Change {
    /// Nil where code does it.
    fileprivate var sql: String? {
        switch self {
        case .sql(let sql): sql
        case .code: nil
        }
    }
}
