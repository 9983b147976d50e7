#if PostgreSQL
import Foundation
import Logging
import PostgreSQLClient
import ShrinkrStore
import Synchronization
import Testing

@testable import ShrinkrStorePostgreSQL

/// A database of its own on the server that `Tests/Scripts/with-postgresql.sh` starts.
struct MigrationDatabase: Sendable {
    static let server = ProcessInfo.processInfo.environment["SHRINKR_TEST_POSTGRESQL_URL"]

    /// Databases that tests have at one time. Without a bound their connections are more than the server has.
    private static let turns = Turns(6)

    let name: String
    let configuration: PostgreSQLConfiguration
    let pool: PostgreSQLPool

    /// Runs `body` with an empty database, and removes it afterwards.
    static func with(_ body: (MigrationDatabase) async throws -> Void) async throws {
        try await turns.take { try await withDatabase(body) }
    }

    private static func withDatabase(_ body: (MigrationDatabase) async throws -> Void) async throws {
        let server = try #require(Self.server)
        let name = "migrations_\(UUID().uuidString.filter { $0 != "-" }.lowercased())"
        var administration = try patient(url: server)
        administration.statementTimeout = .seconds(300)
        let admin = PostgreSQLPool(administration, logger: quiet)
        try await admin.withSession { session in try session.script("CREATE DATABASE \(name)") }
        var configuration = try patient(url: server.replacing(/\/postgres$/, with: "/\(name)"))
        configuration.applicationName = name
        let database = MigrationDatabase(
            name: name, configuration: configuration, pool: PostgreSQLPool(configuration, logger: quiet))
        let result: Result<Void, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        await database.pool.close()
        try await admin.withSession { session in
            try session.script("DROP DATABASE \(name) WITH (FORCE)")
            try session.script("DROP ROLE IF EXISTS \(name)")
        }
        await admin.close()
        try result.get()
    }

    /// For a server that is busy with other tests.
    private static func patient(url: String) throws -> PostgreSQLConfiguration {
        var configuration = try PostgreSQLConfiguration(url: url)
        configuration.waitLimit = .seconds(300)
        configuration.connectTimeout = .seconds(300)
        return configuration
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Gives the database to a role of its own, which may have so many connections at a time.
    func owner(connections: Int) async throws -> PostgreSQLConfiguration {
        try await run(
            """
            CREATE ROLE \(name) LOGIN PASSWORD '\(name)' CONNECTION LIMIT \(connections);
            ALTER DATABASE \(name) OWNER TO \(name)
            """)
        let server = try #require(Self.server)
        let url = server.replacing(/shrinkr:[^@]*@/, with: "\(name):\(name)@")
        return try Self.patient(url: url.replacing(/\/postgres$/, with: "/\(name)"))
    }

    /// A migration that does not wait for long, as `client`.
    func migrations(
        _ files: [Migration], client: String? = nil, configuration given: PostgreSQLConfiguration? = nil,
        program: String = "tests 1", lines: ReportLines = ReportLines(),
        _ change: (inout MigrationRunner.Limits) -> Void = { _ in }
    ) -> Run {
        var configuration = given ?? configuration
        configuration.applicationName = client ?? name
        var limits = MigrationRunner.Limits()
        limits.lock = .milliseconds(100)
        limits.firstPause = .milliseconds(20)
        limits.longestPause = .milliseconds(300)
        limits.connect = .seconds(300)
        change(&limits)
        return Run(
            runner: MigrationRunner(
                configuration: configuration, files: files, program: program, limits: limits, logger: Self.quiet,
                report: { lines.add($0) }),
            lines: lines)
    }

    struct Run: Sendable {
        let runner: MigrationRunner
        let lines: ReportLines

        func callAsFunction() async throws -> [String] { try await runner.run() }
    }

    func run(_ sql: String) async throws {
        try await pool.withSession { session in try session.script(sql) }
    }

    func number(_ sql: String) async throws -> Int {
        let statement = PostgreSQLStatement(sql)
        return try await pool.withSession { session in Int(try session.query(statement).first?.int(0) ?? -1) }
    }

    func applied() async throws -> [AppliedMigration] {
        try await pool.withSession { session in try AppliedMigration.all(session) }
    }
}

/// What a runner said.
final class ReportLines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }

    /// Waits until a line has the words.
    func wait(for words: String) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !all.contains(where: { $0.contains(words) }) {
            try #require(ContinuousClock.now < deadline, "nobody said: \(words)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
#endif
