#if PostgreSQL
/// Where the server is, and how it is used.
package struct PostgreSQLConfiguration: Sendable {
    /// One server to try.
    struct Host: Hashable, Sendable {
        /// A name, an address, or the folder of a Unix socket.
        let name: String
        /// An address that the name is not looked up for, where one was given.
        let address: String?
        let port: String
    }

    /// The servers, in the order in which they are tried.
    let hosts: [Host]
    /// Other parameters of libpq from the URL, without the password.
    private let others: [String: String]
    private var secret: Secret
    /// The password of the client's key (`sslpassword`).
    private let keySecret: Secret

    /// How the service calls itself at the server (`application_name`).
    package var applicationName: String
    /// Most connections of a pool, without a listener's, and without the one that is made before an old one gives way to
    /// it. All processes together need fewer than the server's `max_connections`.
    package var connections = 8
    /// Connections are made anew after this time, or a little less by chance, so that a changed balance of servers or
    /// memory that a session holds does not last for ever.
    package var maximumLife: Duration = .seconds(1_800)
    /// The longest a call waits for a connection before it fails.
    package var waitLimit: Duration = .seconds(2)
    /// The longest one host may take to take a connection.
    package var connectTimeout: Duration
    /// The longest a statement may run (`statement_timeout`).
    package var statementTimeout: Duration = .seconds(10)
    /// The same for work in ``PostgreSQLPool/Lane/bulk``.
    package var bulkStatementTimeout: Duration = .seconds(60)
    /// The longest a statement waits for a lock (`lock_timeout`).
    package var lockTimeout: Duration = .seconds(2)
    /// The longest a transaction may be idle (`idle_in_transaction_session_timeout`).
    package var idleInTransactionTimeout: Duration = .seconds(30)
    /// When work that failed is done again.
    package var retryRule = RetryRule()
    /// Whether statements are prepared once for a connection, and settings made once. False behind a pooler that shares
    /// connections by transactions (PgBouncer's `pool_mode = transaction`): others would get what was prepared and set,
    /// so each transaction brings its own settings. It costs the server a plan for each statement.
    package var preparesStatements = true
    /// The schema that holds the tables. `search_path` is this one alone, after `pg_catalog`.
    package var schema = "public"

    /// Reads libpq's URI (`postgresql://user@host:port,host2/database?sslmode=verify-full&sslrootcert=…`).
    ///
    /// - Throws: where it is none, or names something unsafe. The error repeats no part of it that may be secret.
    package init(url: String) throws(PostgreSQLConfigurationError) {
        let connection = try ConnectionURL(url)
        hosts = connection.hosts
        others = connection.parameters
        secret = Secret(connection.password)
        keySecret = Secret(connection.parameters["sslpassword"])
        applicationName = connection.parameters["application_name"] ?? "shrinkr"
        connectTimeout =
            connection.parameters["connect_timeout"].flatMap { Int($0) }.map { .seconds(max(1, $0)) }
            ?? .seconds(5)
    }

    /// The password, where it does not come from the URL or a `passfile`.
    package var password: String? {
        get { secret.value }
        set { secret = Secret(newValue) }
    }

    /// What `PQconnectStartParams` takes.
    func parameters(for host: Host) -> [(String, String)] {
        var all = others
        all["host"] = host.name
        all["hostaddr"] = host.address
        all["port"] = host.port
        all["password"] = password
        all["application_name"] = applicationName
        all["client_encoding"] = "UTF8"
        return all.map { ($0.key, $0.value) }
    }

    /// `text` without the passwords.
    func redact(_ text: String) -> String { keySecret.redact(secret.redact(text)) }
}

/// Why a URL is refused: one sentence that shows no secret.
package struct PostgreSQLConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

extension PostgreSQLConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "PostgreSQL at " + hosts.map { "\($0.name):\($0.port)" }.joined(separator: ", ")
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["hosts": hosts]) }
}
#endif
