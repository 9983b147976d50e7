#if PostgreSQL
import PostgreSQLClient
import ShrinkrStore

/// One try to run all steps that are left, on one connection.
struct MigrationTurn: Sendable {
    struct Result: Sendable {
        /// Names of the steps that were run.
        var done: [String]
        /// Why there is something left, which another try may do; nil where nothing is.
        var reason: String?
        /// Whether that is because the server cannot be reached.
        var isUnreachable = false
    }

    let files: [Migration]
    let program: String
    let lockTimeout: Duration
    let report: @Sendable (String) -> Void

    /// "shrinkr", in ASCII: the key of the advisory lock that a runner holds while it is at work.
    private static let lockKey: Int64 = 0x73_6872_696e_6b72
    /// Steps that read all rows take as long as they take. A runner that was killed, or whose machine is gone, is noticed
    /// while a statement of its runs, too, so that the lock is free for the next one (PostgreSQL 14 and newer).
    private static let settings = """
        SET statement_timeout = 0;
        SET idle_in_transaction_session_timeout = 0;
        SET tcp_keepalives_idle = 10;
        SET tcp_keepalives_interval = 5;
        SET tcp_keepalives_count = 3;
        SELECT set_config(name, '5s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'
        """
    private static let tryLock = PostgreSQLStatement("SELECT pg_try_advisory_lock($1)")

    func run(_ session: PostgreSQLSession) throws -> Result {
        var result = Result(done: [], reason: nil)
        // Without the lock: whoever finds nothing to do waits for nobody.
        if try pending(session).isEmpty { return result }
        try session.script(Self.settings)
        guard try session.query(Self.tryLock, [.int(Self.lockKey)]).first?.bool(0) == true else {
            result.reason = "another migration is at work"
            return result
        }
        try session.script(AppliedMigration.table)
        // Another runner may have done it meanwhile.
        for step in try pending(session) {
            do {
                try apply(step, session)
                result.done.append(step.name)
            } catch let error as PostgreSQLError where error.mayPass {
                result.reason = Self.reason(error, step)
                return result
            } catch let error as PostgreSQLError {
                throw StoreError.unavailable(reason: "the step '\(step.name)' failed: \(error)")
            }
        }
        return result
    }

    private static func reason(_ error: PostgreSQLError, _ step: Migration) -> String {
        // 55P03: lock_not_available (appendix A).
        error.sqlState == "55P03"
            ? "'\(step.name)' did not get a lock that others hold, and let them go on"
            : "'\(step.name)' was not finished: \(error)"
    }

    private func pending(_ session: PostgreSQLSession) throws -> [Migration] {
        let plan = MigrationPlan(files: files, applied: try AppliedMigration.all(session))
        if let problem = plan.problem { throw StoreError.unavailable(reason: problem) }
        return plan.runnable(by: program)
    }

    private func apply(_ step: Migration, _ session: PostgreSQLSession) throws {
        let start = ContinuousClock.now
        if step.isTransactional {
            try transaction(step, session)
        } else {
            for statement in step.statements { try repeatable(statement, session) }
            try AppliedMigration.enter(step, by: program, session)
        }
        let time = Int((ContinuousClock.now - start) / .milliseconds(1))
        report("'\(step.name)' is done, after \(time) ms")
    }

    /// The row comes first: should two ever run the same step, the second waits here, and then fails.
    private func transaction(_ step: Migration, _ session: PostgreSQLSession) throws {
        try session.script("BEGIN; SET LOCAL lock_timeout = \(milliseconds)")
        do {
            try AppliedMigration.enter(step, by: program, session)
            try session.script(step.sql)
            try session.script("COMMIT")
        } catch {
            try? session.script("ROLLBACK")
            throw error
        }
    }

    /// A statement that lets others go on while it runs waits for them without end: they do not wait for it, and giving
    /// up would throw its work away.
    private func repeatable(_ statement: SQLStatement, _ session: PostgreSQLSession) throws {
        let isConcurrent = statement.holds("concurrently")
        try session.script("SET lock_timeout = \(isConcurrent ? 0 : milliseconds)")
        if let index = statement.concurrentIndex { try dropUnfinished(index, session) }
        try session.script(statement.text)
    }

    private var milliseconds: Int { Int(lockTimeout / .milliseconds(1)) }

    private static let isUnfinished = PostgreSQLStatement(
        "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid)")

    /// An index whose making was cut short is there, but never used, and its name is taken.
    private func dropUnfinished(_ index: String, _ session: PostgreSQLSession) throws {
        guard try session.query(Self.isUnfinished, [.text(index)]).first?.bool(0) == true else { return }
        report("the index \(index) was left unfinished and is made anew")
        try session.script("DROP INDEX CONCURRENTLY IF EXISTS \(index)")
    }
}
#endif
