import ShrinkrBase

#if PostgreSQL
package import PostgreSQLClient
#endif

/// Where links and counts are, and how that place is used.
package enum DatabaseSettings: Sendable {
    /// A file of this machine.
    case sqlite(path: String)
    case postgreSQL(PostgreSQLSettings)

    /// The place as people may read it: the path of the file, or the server, without a password.
    package var name: String {
        switch self {
        case .sqlite(let path): path
        case .postgreSQL(let settings): settings.name
        }
    }

    /// The place that the URL names; nil where none is given.
    ///
    /// - Throws: ``ConfigurationError``, which shows nothing of the URL.
    init?(_ reader: SettingsReader) async throws {
        // Checked also where no server is named: a wrong value is never passed over.
        let server = try await PostgreSQLSettings.Use(reader)
        let given: DatabaseSettings? = try await reader.given(.databaseURL) { value in
            let text = UntrustedText(value)
            if text.begins(with: "postgresql://") || text.begins(with: "postgres://") {
                return .postgreSQL(PostgreSQLSettings(url: value, use: server))
            }
            guard text.begins(with: "sqlite:") else { return nil }
            let path = text.dropFirst(7)
            // sqlite:///absolute/path is the form that other tools write. Two slashes would begin the name of a host.
            if path.begins(with: "///") { return .sqlite(path: path.dropFirst(2).string) }
            return path.isEmpty || path.begins(with: "//") ? nil : .sqlite(path: path.string)
        }
        guard let given else { return nil }
        if case .postgreSQL(let settings) = given { try settings.check() }
        self = given
    }
}

/// How a database of a PostgreSQL server is reached.
package struct PostgreSQLSettings: Sendable, CustomReflectable {
    /// What is set beside the URL.
    struct Use: Sendable {
        let password: String?
        let connections: Int
        let waitLimit: Duration
        let preparesStatements: Bool

        init(_ reader: SettingsReader) async throws {
            password = try await reader.text(.databasePassword)
            connections = try await reader.integer(.databaseConnections)
            waitLimit = try await reader.duration(.databaseWaitLimit)
            preparesStatements = try await reader.value(.databasePreparedStatements) {
                ["on": true, "off": false][$0]
            }
        }
    }

    private let url: String
    private let use: Use

    init(url: String, use: Use) {
        self.url = url
        self.use = use
    }

    /// Neither dumps nor assertions show what is secret.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

#if PostgreSQL
extension PostgreSQLSettings {
    /// What the client of PostgreSQL is configured by.
    ///
    /// - Throws: ``ConfigurationError`` that shows nothing of the URL.
    package func configuration() throws(ConfigurationError) -> PostgreSQLConfiguration {
        var configuration: PostgreSQLConfiguration
        do {
            configuration = try PostgreSQLConfiguration(url: url)
        } catch {
            throw ConfigurationError(.databaseURL, "cannot be used: \(error)")
        }
        if let password = use.password { configuration.password = password }
        configuration.connections = use.connections
        configuration.waitLimit = use.waitLimit
        configuration.preparesStatements = use.preparesStatements
        return configuration
    }

    fileprivate var name: String { (try? configuration())?.description ?? "PostgreSQL" }

    fileprivate func check() throws(ConfigurationError) { _ = try configuration() }
}
#else
extension PostgreSQLSettings {
    fileprivate var name: String { "PostgreSQL" }

    fileprivate func check() throws(ConfigurationError) {
        throw ConfigurationError(
            .databaseURL,
            "names a PostgreSQL database, and this program was built without PostgreSQL: "
                + "build it with --traits PostgreSQL")
    }
}
#endif
