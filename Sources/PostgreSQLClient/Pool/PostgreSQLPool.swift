#if PostgreSQL
package import Logging
import Synchronization

/// Connections to one database, each with a thread of its own, which are made when they are first needed.
///
/// Sessions have all connections but one, so that lookups do not wait for locks; bulk work has half of them.
///
/// Tasks never block: they wait for their answer. A call that gets no connection within
/// ``PostgreSQLConfiguration/waitLimit`` fails; while there is no server at all for longer than that, calls fail at once
/// and one thread goes on trying.
///
/// Every method throws ``PostgreSQLError``, `CancellationError`, or what the given work throws.
package final class PostgreSQLPool: Sendable {
    /// Which connections some work may use.
    package enum Lane: Hashable, Sendable {
        /// Work that finds few rows by an index: what redirects and authentication wait for.
        case prompt
        /// Work that grows with what the database holds. Half of the connections, and the longer time-out.
        case bulk
    }

    private let core: PoolCore

    package init(_ configuration: PostgreSQLConfiguration, logger: Logger) {
        core = PoolCore(configuration, logger)
    }

    deinit { core.close() }

    /// Runs `body` in a transaction (READ COMMITTED), which is committed unless `body` throws.
    ///
    /// Where transactions were in each other's way, or the connection was lost before COMMIT was sent, `body` runs again
    /// in a new one; so it has no effect but in the session. Cancelling the task ends the wait for a connection, not a
    /// transaction that has begun.
    /// - Throws: ``PostgreSQLError/Kind/outcomeUnknown`` where the connection was lost during COMMIT.
    package func write<Value: Sendable>(
        _ lane: Lane, _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        try await run(.write, lane, body)
    }

    /// The same in ``Lane/prompt``.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        try await run(.write, .prompt, body)
    }

    /// Runs `body` on one snapshot of the database (REPEATABLE READ, READ ONLY); again where the connection was lost.
    ///
    /// Cancelling the task cancels the statement that runs.
    package func read<Value: Sendable>(
        _ lane: Lane, _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        try await run(.read, lane, body)
    }

    /// Runs one statement that only reads, and finds few rows by an index. All that wait when a connection takes its
    /// turn share one round trip.
    package func query(
        _ statement: PostgreSQLStatement, _ values: [PostgreSQLValue] = []
    ) async throws -> PostgreSQLRows {
        let request = PoolRequest(
            .lookup(PostgreSQLCall(statement, values)), waitLimit: core.configuration.waitLimit)
        let rows = try await request.answer { core.submit(request) }
        guard let rows else { throw PostgreSQLError(.protocolViolation, "a statement has no result") }
        return rows
    }

    /// Runs `body` on a connection without a transaction, which is closed afterwards, and with it what was set and
    /// locked. For migrations: statements have no time-out unless one is given. Nothing is tried again.
    ///
    /// Cancelling the task cancels the statement that runs. Behind a pooler that shares connections by transactions,
    /// neither settings nor locks of the session hold.
    package func withSession<Value: Sendable>(
        statementTimeout: Duration? = nil, _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        try await run(.bare(statementTimeout: statementTimeout), .prompt, body)
    }

    /// Whether the server refuses the password. Connections that there are go on; only a process that is started with
    /// another password can make new ones.
    package var isPasswordRefused: Bool { core.state.withLock { $0.refusedPassword != nil } }

    /// Finishes what runs, fails what waits, and closes all connections. Later calls fail.
    package func close() async {
        core.close()
        await core.ended()
    }

    private func run<Value: Sendable>(
        _ kind: PoolRequest.SessionKind, _ lane: Lane,
        _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        let box = Box<Value>()
        let request = PoolRequest(
            .session(kind, lane: lane) { session in
                let value = try body(session)
                box.value.withLock { $0 = value }
            }, waitLimit: core.configuration.waitLimit)
        _ = try await request.answer { core.submit(request) }
        guard let value = box.value.withLock({ $0 }) else {
            throw PostgreSQLError(.protocolViolation, "a piece of work has no result")
        }
        return value
    }

    /// Carries what a piece of work returns to the task that waits for it.
    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
#endif
