#if PostgreSQL
/// A connection within one piece of work. It belongs to the thread that runs the work, so it is not Sendable; it is of
/// no use after the work's end.
///
/// After an error the transaction is lost, also where the error is caught: what follows fails with the first error, as
/// long as there is no savepoint to return to.
package final class PostgreSQLSession {
    private let connection: Connection
    /// `BEGIN` and its settings, which go in one pipeline with the first statement.
    private var opening: [PostgreSQLCall]
    /// The longest wait for an answer; nil where there is no bound.
    private let timeout: Duration?
    /// The first error of a statement.
    private(set) var failure: PostgreSQLError?
    private let isInterrupted: () -> Bool

    init(
        _ connection: Connection, opening: [PostgreSQLCall], timeout: Duration?, isInterrupted: @escaping () -> Bool
    ) {
        self.connection = connection
        self.opening = opening
        self.timeout = timeout
        self.isInterrupted = isInterrupted
    }

    /// Runs one statement.
    package func query(
        _ statement: PostgreSQLStatement, _ values: [PostgreSQLValue] = []
    ) throws(PostgreSQLError) -> PostgreSQLRows {
        let rows = try pipeline([PostgreSQLCall(statement, values)])
        guard let first = rows.first else { throw PostgreSQLError(.protocolViolation, "a statement has no result") }
        return first
    }

    /// Runs one statement; returns how many rows it changed.
    @discardableResult
    package func execute(
        _ statement: PostgreSQLStatement, _ values: [PostgreSQLValue] = []
    ) throws(PostgreSQLError) -> Int {
        try query(statement, values).affected
    }

    /// Runs several statements in one round trip; those after one that fails are not run.
    ///
    /// - Throws: the first error.
    @discardableResult
    package func pipeline(_ calls: [PostgreSQLCall]) throws(PostgreSQLError) -> [PostgreSQLRows] {
        if calls.isEmpty { return [] }
        let begin = opening
        opening = []
        let outcomes = try attempt { () throws(PostgreSQLError) in
            try connection.run(begin + calls, timeout: timeout)
        }
        var results: [PostgreSQLRows] = []
        results.reserveCapacity(outcomes.count)
        for outcome in outcomes {
            switch outcome {
            case .rows(let rows): results.append(rows)
            case .failed(let error): throw noted(error)
            case .skipped: throw noted(PostgreSQLError(.protocolViolation, "a statement was left out"))
            }
        }
        // Whoever caught an error has returned to a savepoint, so it is settled.
        failure = nil
        return begin.isEmpty ? results : Array(results.dropFirst(begin.count))
    }

    /// Runs several statements without parameters, separated by semicolons.
    package func script(_ sql: String) throws(PostgreSQLError) {
        let begin = opening
        opening = []
        try attempt { () throws(PostgreSQLError) in
            for outcome in begin.isEmpty ? [] : try connection.run(begin, timeout: timeout) {
                if case .failed(let error) = outcome { throw error }
            }
            try connection.runScript(sql, timeout: timeout)
        }
    }

    private func attempt<Value>(_ work: () throws(PostgreSQLError) -> Value) throws(PostgreSQLError) -> Value {
        if isInterrupted() { throw noted(PostgreSQLError(.cancelled, "the task was cancelled")) }
        do {
            return try work()
        } catch {
            throw noted(error)
        }
    }

    /// Remembers the first error, and returns what the caller is told.
    private func noted(_ error: PostgreSQLError) -> PostgreSQLError {
        let isCancellation = error.sqlState == "57014" && isInterrupted()
        let error = isCancellation ? PostgreSQLError(.cancelled, "the task was cancelled") : error
        // "Current transaction is aborted": the error before it says why.
        if error.sqlState == "25P02", let failure { return failure }
        failure = failure ?? error
        return error
    }
}

// MARK: - Ends

extension PostgreSQLSession {
    /// Commits what was begun.
    ///
    /// - Throws: the first error where the transaction is lost; ``PostgreSQLError/Kind/outcomeUnknown`` where the
    ///   connection was lost after `COMMIT` was sent.
    func commit(isReading: Bool) throws(PostgreSQLError) {
        guard opening.isEmpty else { return }
        if connection.isBroken || connection.isInFailedTransaction {
            throw failure ?? .lost("the transaction was lost")
        }
        let outcomes: [CallOutcome]
        do {
            outcomes = try connection.run([PostgreSQLCall("COMMIT")], timeout: timeout)
        } catch {
            throw isReading ? error : error.with(.outcomeUnknown)
        }
        if case .failed(let error) = outcomes.first { throw error }
    }

    /// Undoes what was begun. A connection that cannot is broken.
    func rollBack() {
        opening = []
        guard !connection.isBroken, connection.isInTransaction else { return }
        let outcomes = try? connection.run([PostgreSQLCall("ROLLBACK")], timeout: timeout)
        guard case .rows = outcomes?.first else {
            connection.isBroken = true
            return
        }
    }
}
#endif
