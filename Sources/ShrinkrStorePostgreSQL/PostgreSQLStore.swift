#if PostgreSQL
package import Logging
package import PostgreSQLClient
package import ShrinkrCore
import ShrinkrStore

/// Links, keys and counts in one PostgreSQL database, which any number of processes may share.
///
/// Transactions are READ COMMITTED: what is read to be changed is locked first, and read after that, by statements of
/// their own. Rows are locked in one order, that of `0001-initial.sql`, so that no two transactions wait for each other.
/// What is done for many rows is done by one statement with arrays, so that a transaction has a constant number of round
/// trips.
///
/// Every commit is durable (`synchronous_commit` as the server has it): a message may be deleted from the queue as soon
/// as its counts are committed.
///
/// Texts with U+0000, which PostgreSQL cannot keep, are found nowhere and refused where they are to be written; nothing
/// that a client of Shrinkr may send holds one.
package struct PostgreSQLStore: Sendable {
    let pool: PostgreSQLPool
    package let codeCase: CodeCase
    let notices: LinkNotices
    let unsettled = UnsettledChanges()
    let life = SharedLife()

    /// Opens the database, whose tables must be there.
    ///
    /// - Parameters:
    ///   - codeCase: The rule for codes that differ by case alone, given to a new database; any other than a database has
    ///     makes opening it fail. Nil takes what there is, or the default.
    ///   - choosesCodeCase: Whether a database without a rule gets the default one where `codeCase` is nil: only for a
    ///     program that makes links. Else it stays open which rule the database will have.
    /// - Throws: ``StoreError/unavailable(reason:)``, also where this program cannot work with the tables;
    ///   ``StoreError/otherCodeCase(_:)``.
    package static func open(
        configuration: PostgreSQLConfiguration, codeCase: CodeCase? = nil, choosesCodeCase: Bool = true, logger: Logger
    ) async throws -> PostgreSQLStore {
        let pool = PostgreSQLPool(configuration, logger: logger)
        do {
            let rule = try await translatingErrors {
                try await pool.read(.prompt) { try SchemaGate.check($0) }
                try await CopyMark.check(pool)
                return try await CodeCaseSetting.settle(codeCase, chooses: choosesCodeCase, pool)
            }
            return PostgreSQLStore(
                pool: pool, codeCase: rule, notices: LinkNotices(configuration, logger: logger))
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Waits for running transactions and closes all connections. Later calls throw ``StoreError``.
    package func close() async {
        await notices.close()
        await pool.close()
    }

    package var restartReason: String? {
        pool.isPasswordRefused ? "PostgreSQL refuses the password: start the program with another one" : nil
    }

    /// Runs one statement that finds few rows by an index.
    func query(_ statement: PostgreSQLStatement, _ values: [PostgreSQLValue]) async throws -> PostgreSQLRows {
        try await Self.translatingErrors { try await pool.query(statement, values) }
    }

    /// Runs `body` on a snapshot of the database; for what reads much, or by several statements.
    ///
    /// Cancelling the task cancels the statement that runs, and throws `CancellationError`.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        try await Self.translatingErrors { try await pool.read(.bulk, body) }
    }

    /// Runs `body` in a transaction, which is committed unless `body` throws. It may run several times, each in a new
    /// transaction.
    @discardableResult
    func write<Value: Sendable>(
        _ lane: PostgreSQLPool.Lane = .prompt, _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        try await Self.translatingErrors { try await pool.write(lane, body) }
    }

    static func translatingErrors<Value: Sendable>(
        _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }
}

extension PostgreSQLStore: Store {}

extension StoreError {
    /// What PostgreSQL reported, in words, without the values.
    init(_ error: PostgreSQLError) {
        switch error.kind {
        case .unique, .refused: self = .refused(reason: "\(error)")
        case .readOnly: self = .unavailable(reason: "PostgreSQL takes no writes: it is a standby, or read-only")
        default: self = .unavailable(reason: "\(error)")
        }
    }
}
#endif
