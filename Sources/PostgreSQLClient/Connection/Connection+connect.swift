#if PostgreSQL
import CLibpq

extension Connection {
    /// The oldest server that has all that is used (`xid8`).
    private static let oldestServer: Int32 = 130_000

    /// Makes a connection to the first of the configured hosts that takes one.
    ///
    /// Names are looked up anew each time, so that a changed address is found.
    static func connect(
        _ configuration: PostgreSQLConfiguration, waker: Waker, isInterrupted: @escaping () -> Bool
    ) throws(PostgreSQLError) -> Connection {
        var failure = PostgreSQLError.lost("no host is configured")
        for host in configuration.hosts {
            do {
                return try connect(to: host, configuration, waker, isInterrupted)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func connect(
        to host: PostgreSQLConfiguration.Host, _ configuration: PostgreSQLConfiguration, _ waker: Waker,
        _ isInterrupted: @escaping () -> Bool
    ) throws(PostgreSQLError) -> Connection {
        guard let handle = start(configuration.parameters(for: host)) else {
            throw .lost("out of memory")
        }
        let connection = Connection(handle, waker: waker, configuration: configuration)
        connection.isInterrupted = isInterrupted
        // Notices would be printed to standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        // Else libpq keeps to itself why the server refuses a connection: there is no result to ask for an SQLSTATE.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        try connection.finishConnecting(until: .now + configuration.connectTimeout)
        guard PQserverVersion(handle) >= oldestServer else {
            throw PostgreSQLError(.schema, "PostgreSQL 13 or newer is needed", endsConnection: true)
        }
        connection.noteEncryption()
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw connection.broken() }
        try connection.applySettings()
        return connection
    }

    private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
        withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keywords, values, 0) }
        }
    }

    private func finishConnecting(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
        guard PQstatus(handle) != CONNECTION_BAD else { throw connectFailure() }
        var state = PGRES_POLLING_WRITING
        while true {
            switch state {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING: break
            default: throw connectFailure()
            }
            let isWriting = state == PGRES_POLLING_WRITING
            let wake = waker.wait(socket: socket, forWriting: isWriting, until: deadline)
            if wake.isLate { throw .lost("PostgreSQL did not take the connection in time") }
            if wake.wasWoken, isInterrupted() { throw .lost("the pool was closed") }
            if wake.isReadable || wake.isWritable { state = PQconnectPoll(handle) }
        }
    }

    /// What libpq says of an attempt, without the password.
    private func connectFailure() -> PostgreSQLError {
        isBroken = true
        let words = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        return .refusedConnection(configuration.redact(words))
    }

    /// Settings of the session. A pooler that shares sessions among clients would keep them for others, so there each
    /// transaction sets them for itself.
    private func applySettings() throws(PostgreSQLError) {
        guard configuration.preparesStatements else { return }
        let call = configuration.settings(isLocal: false, statementTimeout: configuration.statementTimeout)
        for outcome in try run([call], timeout: configuration.connectTimeout) {
            if case .failed(let error) = outcome { throw error }
        }
    }
}

extension PostgreSQLConfiguration {
    /// A statement that makes the session's settings, or only a transaction's.
    func settings(isLocal: Bool, statementTimeout: Duration) -> PostgreSQLCall {
        let milliseconds = [statementTimeout, lockTimeout, idleInTransactionTimeout].map {
            PostgreSQLValue.text(String(Int64(($0 / .milliseconds(1)).rounded(.up))))
        }
        return PostgreSQLCall(
            """
            SELECT pg_catalog.set_config('statement_timeout', $1, $5), pg_catalog.set_config('lock_timeout', $2, $5),
                pg_catalog.set_config('idle_in_transaction_session_timeout', $3, $5),
                pg_catalog.set_config('search_path', pg_catalog.concat(pg_catalog.quote_ident($4), ', pg_temp'), $5),
                pg_catalog.set_config('standard_conforming_strings', 'on', $5),
                pg_catalog.set_config('TimeZone', 'UTC', $5)
            """,
            milliseconds + [.text(schema), .bool(isLocal)])
    }
}

/// Calls `body` with a list of C strings that ends with NULL.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let bytes = strings.map { Array($0.utf8CString) }
    var starts: [Int] = []
    var all: [CChar] = []
    for string in bytes {
        starts.append(all.count)
        all += string
    }
    return all.withUnsafeBufferPointer { all in
        let pointers = starts.map { start in all.baseAddress.map { $0 + start } } + [nil]
        return body(pointers)
    }
}
#endif
