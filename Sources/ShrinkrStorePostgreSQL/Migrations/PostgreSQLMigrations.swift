#if PostgreSQL
package import Logging
package import PostgreSQLClient
package import ShrinkrStore

/// The steps that make the tables of a PostgreSQL database.
package struct PostgreSQLMigrations: SchemaMigrations {
    private let configuration: PostgreSQLConfiguration
    private let files: [Migration]
    private let program: String
    private let limits: MigrationRunner.Limits
    private let logger: Logger

    /// - Parameters:
    ///   - program: Who runs steps, as the database keeps it, such as `shrinkr-api 1.2.0`.
    ///   - files: The steps; those of this program, if nil.
    /// - Throws: ``MigrationFileError``.
    package init(
        configuration: PostgreSQLConfiguration, program: String, files: [Migration]? = nil,
        limits: MigrationRunner.Limits = .init(), logger: Logger
    ) throws {
        self.configuration = configuration
        self.files = try files ?? Migration.all()
        self.program = program
        self.limits = limits
        self.logger = logger
    }

    package func status() async throws -> SchemaStatus {
        var configuration = configuration
        configuration.connections = 1
        let pool = PostgreSQLPool(configuration, logger: logger)
        do {
            let applied = try await pool.withSession { session in try AppliedMigration.all(session) }
            await pool.close()
            return SchemaStatus(files: files, applied: applied, program: program)
        } catch {
            await pool.close()
            throw StoreError(migration: error)
        }
    }

    package func migrate(report: @escaping @Sendable (String) -> Void) async throws -> [String] {
        let runner = MigrationRunner(
            configuration: configuration, files: files, program: program, limits: limits, logger: logger,
            report: report)
        return try await runner.run()
    }
}

/// Whether this program can work with the tables that a database has.
package enum SchemaGate {
    /// - Throws: ``StoreError/unavailable(reason:)`` with what to do, where it cannot; `PostgreSQLError`.
    package static func check(_ session: PostgreSQLSession) throws {
        let plan = MigrationPlan(files: try Migration.all(), applied: try AppliedMigration.all(session))
        if let problem = plan.problem { throw StoreError.unavailable(reason: problem) }
        guard let first = plan.missing.first else { return }
        let others = plan.missing.count - 1
        throw StoreError.unavailable(
            reason: "its tables lack the step '\(first.name)'\(others > 0 ? " and \(others) more" : ""): "
                + "run `shrinkr-api migrate`")
    }
}

extension SchemaStatus {
    init(files: [Migration], applied: [AppliedMigration], program: String) {
        let plan = MigrationPlan(files: files, applied: applied)
        let runnable = plan.runnable(by: program)
        let known = files.map { file in
            Step(
                name: file.name, kind: "\(file.kind)",
                state: applied.first { $0.number == file.number }.map { .applied(at: $0.appliedAt, by: $0.appliedBy) }
                    ?? (runnable.contains(file) ? .pending : .heldBack), isNeeded: file.kind == .expand, sql: file.sql)
        }
        let newer = plan.newer.map { row in
            Step(name: row.name, kind: row.kind, state: .applied(at: row.appliedAt, by: row.appliedBy), isNewer: true)
        }
        self.init(steps: known + newer, problem: plan.problem)
    }
}

extension StoreError {
    /// What went wrong while the steps of a database were asked for or run.
    init(migration error: any Error) {
        self = error as? StoreError ?? .unavailable(reason: "\(error)")
    }
}
#endif
