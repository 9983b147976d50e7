#if PostgreSQL
import CLibpq

/// One connection to the server, in pipeline mode, used by one thread alone.
///
/// libpq never blocks that thread: it waits in `poll(2)` for the socket, with a deadline of its own, and can be woken.
final class Connection {
    let handle: OpaquePointer
    let waker: Waker
    let configuration: PostgreSQLConfiguration
    /// Names of the statements that the server has prepared for this connection.
    var prepared: [PreparedKey: String] = [:]
    /// When the server answered last.
    var lastUse = ContinuousClock.now
    /// Whether the connection is of no use any more.
    var isBroken = false
    /// Whether ``cancel()`` was called: the server may still hear of it when the statement is long done.
    private(set) var wasCancelled = false
    /// Whether TLS is spoken.
    private var isEncrypted = false
    /// Bytes that were decrypted but did not fit into libpq's buffer are announced by no socket: the longest they wait.
    private static let encryptedWait: Duration = .milliseconds(20)
    /// Asked whenever the thread was woken: whether the running statement shall be cancelled.
    var isInterrupted: () -> Bool = { false }

    /// A statement is prepared once for each choice of parameter types.
    struct PreparedKey: Hashable {
        let statement: PostgreSQLStatement
        let types: [UInt32]
    }

    /// Takes over a connection that was made.
    init(_ handle: OpaquePointer, waker: Waker, configuration: PostgreSQLConfiguration) {
        self.handle = handle
        self.waker = waker
        self.configuration = configuration
    }

    /// Takes note of what was agreed on with the server.
    func noteEncryption() { isEncrypted = PQsslInUse(handle) != 0 }

    deinit { PQfinish(handle) }

    var socket: Int32 { PQsocket(handle) }

    var isInFailedTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Reads what came while nothing was asked for: notices, or the end of the connection, which marks it broken.
    func drain() {
        if PQconsumeInput(handle) == 0 || PQstatus(handle) != CONNECTION_OK { isBroken = true }
        _ = PQisBusy(handle)
        if PQstatus(handle) != CONNECTION_OK { isBroken = true }
    }

    /// Whether the server answers.
    func ping(timeout: Duration) -> Bool {
        guard !isBroken else { return false }
        do {
            _ = try run([PostgreSQLCall("SELECT 1")], timeout: timeout)
            return true
        } catch {
            return false
        }
    }

    /// Asks the server to cancel what this connection runs (`PQcancel`): it makes another connection for that.
    func cancel() {
        wasCancelled = true
        guard let cancel = PQgetCancel(handle) else { return }
        defer { PQfreeCancel(cancel) }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = PQcancel(cancel, buffer.baseAddress, 256)
        }
    }
}

// MARK: - Waiting

extension Connection {
    /// The next result, or nil at the end of a statement's results.
    ///
    /// - Throws: an error that ends the connection.
    func nextResult(until deadline: ContinuousClock.Instant?) throws(PostgreSQLError) -> QueryResult? {
        while PQisBusy(handle) != 0 { try waitForInput(until: deadline) }
        guard let result = PQgetResult(handle) else {
            guard PQstatus(handle) == CONNECTION_OK else { throw broken() }
            return nil
        }
        return QueryResult(result)
    }

    /// Sends what is left to be sent, and reads some input.
    private func waitForInput(until deadline: ContinuousClock.Instant?) throws(PostgreSQLError) {
        let unsent = PQflush(handle)
        guard unsent >= 0 else { throw broken() }
        let end = earlier(deadline, isEncrypted ? .now + Self.encryptedWait : nil)
        let wake = waker.wait(socket: socket, forWriting: unsent > 0, until: end)
        if wake.isLate, let deadline, ContinuousClock.now >= deadline {
            isBroken = true
            throw .lost("PostgreSQL did not answer in time")
        }
        if wake.wasWoken, isInterrupted() { cancel() }
        if wake.isReadable || isEncrypted, PQconsumeInput(handle) == 0 { throw broken() }
    }

    private func earlier(_ one: ContinuousClock.Instant?, _ other: ContinuousClock.Instant?) -> ContinuousClock.Instant?
    {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// Marks the connection broken. libpq's words are left out: they may repeat what was sent.
    func broken() -> PostgreSQLError {
        isBroken = true
        return .lost("the connection to PostgreSQL was lost")
    }
}
#endif
