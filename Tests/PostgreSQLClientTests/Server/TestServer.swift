#if PostgreSQL
import Foundation
import Logging
@testable import PostgreSQLClient
import Synchronization
import Testing

/// The server that `Tests/Scripts/with-postgresql.sh` has started for all tests.
enum TestServer {
    static let url = ProcessInfo.processInfo.environment["SHRINKR_TEST_POSTGRESQL_URL"]

    /// What a suite that needs a server is enabled by.
    static var isThere: Bool { url != nil }

    /// Waits are long, since much else runs at the same time.
    static func configuration() throws -> PostgreSQLConfiguration {
        var configuration = try PostgreSQLConfiguration(url: try #require(url))
        configuration.waitLimit = .seconds(300)
        configuration.connectTimeout = .seconds(300)
        configuration.retryRule.timeLimit = .seconds(300)
        return configuration
    }

    /// Runs `body` with a pool, which is closed afterwards.
    static func withPool<Value>(
        connections: Int = 4, _ change: (inout PostgreSQLConfiguration) -> Void = { _ in },
        _ body: (PostgreSQLPool) async throws -> Value
    ) async throws -> Value {
        var configuration = try configuration()
        configuration.connections = connections
        change(&configuration)
        let pool = PostgreSQLPool(configuration, logger: .silent)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// The same, with a table of its own whose name is given, `(key bigint PRIMARY KEY, value bigint NOT NULL)`.
    static func withTable(
        connections: Int = 4, _ change: (inout PostgreSQLConfiguration) -> Void = { _ in },
        _ body: (PostgreSQLPool, String) async throws -> Void
    ) async throws {
        let table = "test_\(UInt64.random(in: 0 ... .max))"
        try await withPool(connections: connections, change) { pool in
            try await pool.withSession { session in
                try session.script("CREATE TABLE \(table) (key bigint PRIMARY KEY, value bigint NOT NULL)")
            }
            do {
                try await body(pool, table)
            } catch {
                try? await pool.withSession { try $0.script("DROP TABLE \(table) CASCADE") }
                throw error
            }
            try await pool.withSession { try $0.script("DROP TABLE \(table) CASCADE") }
        }
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension PostgreSQLError {
    /// The error that `body` throws.
    static func thrown<Value>(by body: () async throws -> Value) async throws -> PostgreSQLError {
        do {
            _ = try await body()
        } catch let error as PostgreSQLError {
            return error
        }
        throw Missing()
    }

    struct Missing: Error {}
}

/// Lets threads that block meet: each waits until all have come.
final class Meeting: Sendable {
    private let semaphores: [DispatchSemaphore]

    init(of count: Int) {
        semaphores = (0..<count).map { _ in DispatchSemaphore(value: 0) }
    }

    /// - Parameter place: another one for each thread.
    func arrive(at place: Int) {
        for (index, semaphore) in semaphores.enumerated() where index != place { semaphore.signal() }
        for _ in 1..<semaphores.count { _ = semaphores[place].wait(timeout: .now() + 30) }
    }
}

/// What opens once. Threads that block pass it, and tasks hear of it.
final class Gate: Sendable {
    private let state = Mutex(false)
    private let semaphore = DispatchSemaphore(value: 0)

    var isOpen: Bool { state.withLock { $0 } }

    func open() {
        state.withLock { $0 = true }
        semaphore.signal()
    }

    /// Waits on a thread of its own.
    func pass() {
        _ = semaphore.wait(timeout: .now() + 60)
        semaphore.signal()
    }

    /// Waits in a task.
    func opened() async throws {
        try await eventually { isOpen }
    }
}

/// True for the first who asks.
final class Once: Sendable {
    private let isTaken = Mutex(false)

    func take() -> Bool {
        isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
    }
}

/// Waits until something is so; fails after five minutes.
func eventually(_ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(300)
    while ContinuousClock.now < end {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("It never came to pass")
}
#endif
