#if PostgreSQL
import Dispatch
import PostgreSQLClient
import ShrinkrStore
import Synchronization

/// Keeps everybody from writing the tables: a transaction of its own, with locks that let others read (`SHARE`).
final class TableLock: Sendable {
    /// How long transactions that write at the moment may take to end.
    private static let patience = 5
    /// How often the connection shows that it lives.
    private static let interval: DispatchTimeInterval = .seconds(5)
    private static let sign: PostgreSQLStatement = "SELECT 1"

    private let isReleased = DispatchSemaphore(value: 0)
    /// Why the lock is lost.
    private let failure = Mutex<(any Error)?>(nil)
    private let holder = Mutex<Task<Void, Never>?>(nil)

    /// - Throws: ``CopyError/inUse(name:reason:)`` where others do not let go of the tables.
    init(_ pool: PostgreSQLPool, name: String) async throws {
        let (locked, answer) = AsyncThrowingStream.makeStream(of: Void.self)
        let task = Task {
            do {
                try await pool.withSession { session in
                    try Self.lock(session)
                    answer.finish()
                    // The thread is the connection's own, so it may wait.
                    while self.isReleased.wait(timeout: .now() + Self.interval) == .timedOut {
                        _ = try session.query(Self.sign)
                    }
                    try session.script("COMMIT")
                }
            } catch {
                self.failure.withLock { $0 = error }
                answer.finish(throwing: error)
            }
        }
        holder.withLock { $0 = task }
        do {
            for try await _ in locked {}
        } catch let error as PostgreSQLError where error.kind == .unavailable || error.kind == .retryable {
            throw CopyError.inUse(name: name, reason: "\(error)")
        }
    }

    /// - Throws: what has ended the transaction.
    func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// - Throws: what has ended the transaction before.
    func release() async throws {
        isReleased.signal()
        await holder.withLock { $0 }?.value
        try check()
    }

    private static func lock(_ session: PostgreSQLSession) throws {
        let tables = CopiedTable.all.map(\.name).joined(separator: ", ")
        try session.script(
            """
            BEGIN;
            SET LOCAL lock_timeout = '\(patience)s';
            SET LOCAL idle_in_transaction_session_timeout = 0;
            LOCK TABLE \(tables) IN SHARE MODE
            """)
    }
}

/// Programs of ours that have the database open.
enum OtherSessions {
    /// Sessions of other roles show their names only to those who may see them; the lock holds against these too.
    private static let count = PostgreSQLStatement(
        """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'shrinkr%'
            AND application_name <> '\(PostgreSQLTables.applicationName)'
        """)

    /// - Throws: ``CopyError/inUse(name:reason:)``; `PostgreSQLError`.
    static func check(_ session: PostgreSQLSession, name: String) throws {
        let number = try session.query(count).first?.int(0) ?? 0
        guard number == 0 else { throw CopyError.inUse(name: name, reason: "\(number) connections of Shrinkr's") }
    }
}
#endif
