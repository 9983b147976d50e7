#if PostgreSQL
import Foundation
import Logging
import PostgreSQLClient
import ShrinkrCore
import Testing

@testable import ShrinkrStorePostgreSQL

/// A database of a test's own on the server at SHRINKR_TEST_POSTGRESQL_URL (`Tests/Scripts/with-postgresql.sh`).
struct PostgreSQLDatabase: Sendable {
    /// Databases that tests have at one time; each store has some connections.
    private static let turns = Turns(8)
    private static let template = Template()
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let name: String
    let configuration: PostgreSQLConfiguration

    /// Runs `body` with an empty database that has all tables, and removes it afterwards. No two of its transactions may
    /// have waited for each other.
    static func with<Value>(_ body: (PostgreSQLDatabase) async throws -> Value) async throws -> Value {
        try await turns.take {
            let name = "shrinkr_\(UUID().uuidString.filter { $0 != "-" }.lowercased())"
            let template = try await template.name()
            try await administer("CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY wal_log")
            let database = PostgreSQLDatabase(name: name, configuration: try configuration(of: name))
            let result: Result<Value, any Error>
            do { result = .success(try await body(database)) } catch { result = .failure(error) }
            let deadlocks = try await database.run { session in
                try session.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").first?
                    .int(0)
            }
            #expect(deadlocks == 0)
            try await administer("DROP DATABASE \(name) WITH (FORCE)")
            return try result.get()
        }
    }

    /// Opens a store with connections of its own for `body`, and closes it afterwards.
    func withStore<Value>(
        codeCase: CodeCase? = nil, _ body: (PostgreSQLStore) async throws -> Value
    ) async throws -> Value {
        let store = try await PostgreSQLStore.open(configuration: configuration, codeCase: codeCase, logger: Self.quiet)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    /// Runs statements beside the stores.
    @discardableResult
    func run<Value: Sendable>(_ body: @escaping @Sendable (PostgreSQLSession) throws -> Value) async throws -> Value {
        try await Self.run(configuration, body)
    }

    /// Writes everything to the server's files, unlogged tables as well, which a checkpoint leaves out unless a database is
    /// copied as files.
    func flush() async throws {
        try await run { try $0.script("CREATE DATABASE \(self.name)_flush TEMPLATE template0 STRATEGY file_copy") }
        try await run { try $0.script("DROP DATABASE \(self.name)_flush") }
    }

    /// Ends one connection of the stores after the other, at random, until the task is cancelled.
    func endConnectionsForEver() async throws {
        while !Task.isCancelled {
            try await run { session in
                for _ in 0..<20 {
                    _ = try session.query(
                        """
                        SELECT pg_terminate_backend(pid), pg_sleep(0.01) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
                        """)
                }
            }
        }
    }

    private static func administer(_ sql: String) async throws {
        try await run(try configuration(of: nil)) { try $0.script(sql) }
    }

    private static func run<Value: Sendable>(
        _ configuration: PostgreSQLConfiguration, _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        let pool = PostgreSQLPool(configuration, logger: quiet)
        do {
            let value = try await pool.withSession(body)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// - Parameter name: nil for the one that the URL names.
    private static func configuration(of name: String?) throws -> PostgreSQLConfiguration {
        let server = try #require(
            ProcessInfo.processInfo.environment["SHRINKR_TEST_POSTGRESQL_URL"],
            "tests of PostgreSQL need a server: run them by Tests/Scripts/with-postgresql.sh")
        var url = try #require(URLComponents(string: server))
        if let name { url.path = "/\(name)" }
        var configuration = try PostgreSQLConfiguration(url: try #require(url.string))
        // For tests on a machine that is busy with others.
        configuration.waitLimit = .seconds(300)
        configuration.connectTimeout = .seconds(300)
        configuration.statementTimeout = .seconds(300)
        configuration.lockTimeout = .seconds(300)
        configuration.connections = 6
        return configuration
    }

    /// The database that others are copies of, made by the first test.
    private actor Template {
        private var making: Task<String, any Error>?

        func name() async throws -> String {
            let task = making ?? Task { try await Self.make() }
            making = task
            return try await task.value
        }

        /// One for each state of the migrations, which stays at the server for the next time.
        private static func make() async throws -> String {
            let sums = try Migration.all().map(\.checksum).joined().utf8.reduce(0 as UInt64) { $0 &* 31 &+ UInt64($1) }
            let name = "shrinkr_template_\(String(sums, radix: 16))"
            let isThere = try await PostgreSQLDatabase.run(configuration(of: nil)) { session in
                try !session.query("SELECT true FROM pg_database WHERE datname = $1", [.text(name)]).isEmpty
            }
            if isThere { return name }
            let draft = "shrinkr_draft_\(ProcessInfo.processInfo.processIdentifier)"
            try await administer("CREATE DATABASE \(draft)")
            let migrations = try PostgreSQLMigrations(
                configuration: configuration(of: draft), program: "tests", logger: quiet)
            _ = try await migrations.migrate { _ in }
            do {
                try await administer("ALTER DATABASE \(draft) RENAME TO \(name)")
            } catch {
                // Another process was first.
                try await administer("DROP DATABASE \(draft)")
            }
            return name
        }
    }
}

extension PostgreSQLStore {
    private static let bounds: PostgreSQLStatement = """
        SELECT pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot())
        """

    /// Waits until all transactions of the server have ended that are at work now.
    func waitForOthers() async throws {
        let next = try await pool.query(Self.bounds).first?.int(1) ?? 0
        while try await pool.query(Self.bounds).first?.int(0) ?? 0 < next {
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
#endif
