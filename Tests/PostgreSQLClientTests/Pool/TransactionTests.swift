#if PostgreSQL
import Foundation
@testable import PostgreSQLClient
import Synchronization
import Testing

@Suite("PostgreSQL client: transactions", .enabled(if: TestServer.isThere), .timeLimit(.minutes(10)))
struct TransactionTests {
    private func value(_ pool: PostgreSQLPool, _ table: String, key: Int = 1) async throws -> Int64? {
        try await pool.query(PostgreSQLStatement("SELECT value FROM \(table) WHERE key = $1"), [PostgreSQLValue(key)])
            .first?.int(0)
    }

    @Test("What is written is committed, and undone where the work throws")
    func commit() async throws {
        struct Refusal: Error {}
        try await TestServer.withTable { pool, table in
            let insert = PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2)")
            let count = try await pool.write { try $0.execute(insert, [1, 10]) }
            #expect(count == 1)
            await #expect(throws: Refusal.self) {
                try await pool.write { session in
                    try session.execute(insert, [2, 20])
                    throw Refusal()
                }
            }
            #expect(try await value(pool, table) == 10)
            #expect(try await value(pool, table, key: 2) == nil)
        }
    }

    @Test("An error that the work hides does not become a commit")
    func hiddenError() async throws {
        try await TestServer.withTable { pool, table in
            let insert = PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2)")
            let error = try await PostgreSQLError.thrown {
                try await pool.write { session in
                    try session.execute(insert, [1, 10])
                    _ = try? session.execute(insert, [1, 11])
                }
            }
            #expect(error.kind == .unique)
            let later = try await PostgreSQLError.thrown {
                try await pool.write { session in
                    try session.execute(insert, [1, 10])
                    _ = try? session.execute(insert, [1, 11])
                    try session.execute(insert, [2, 12])
                }
            }
            #expect(later.kind == .unique)
            #expect(try await value(pool, table) == nil)
        }
    }

    @Test("Work goes on after a return to a savepoint")
    func savepoint() async throws {
        try await TestServer.withTable { pool, table in
            let insert = PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2)")
            try await pool.write { session in
                try session.execute(insert, [1, 10])
                try session.execute("SAVEPOINT before")
                _ = try? session.execute(insert, [1, 11])
                try session.execute("ROLLBACK TO SAVEPOINT before")
                try session.execute(insert, [2, 12])
            }
            #expect(try await value(pool, table, key: 2) == 12)
        }
    }

    @Test("A read sees one moment, and may not write")
    func snapshot() async throws {
        try await TestServer.withTable(connections: 3) { pool, table in
            let insert = PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2)")
            let count = PostgreSQLStatement("SELECT count(*) FROM \(table)")
            let (seen, written) = (Gate(), Gate())
            async let counts = pool.read(.prompt) { session in
                let before = try session.query(count)[0].int(0)
                seen.open()
                written.pass()
                return [before, try session.query(count)[0].int(0)]
            }
            try await pool.write { session in
                seen.pass()
                try session.execute(insert, [1, 10])
            }
            written.open()
            #expect(try await counts == [0, 0])
            let error = try await PostgreSQLError.thrown {
                try await pool.read(.bulk) { try $0.execute(insert, [2, 1]) }
            }
            #expect(error.kind == .readOnly)
        }
    }

    @Test("Two that lock each other's rows are both done: the server ends one, and it is done again")
    func deadlock() async throws {
        try await TestServer.withTable(connections: 3) { pool, table in
            let lock = PostgreSQLStatement("UPDATE \(table) SET value = value + 1 WHERE key = $1")
            try await pool.withSession { try $0.script("INSERT INTO \(table) VALUES (1, 0), (2, 0)") }
            let meeting = Meeting(of: 2)
            let attempts = Mutex(0)
            let work: @Sendable (Int) async throws -> Void = { place in
                let isFirst = Once()
                let order: [PostgreSQLValue] = place == 0 ? [1, 2] : [2, 1]
                try await pool.write { session in
                    attempts.withLock { $0 += 1 }
                    try session.execute(lock, [order[0]])
                    if isFirst.take() { meeting.arrive(at: place) }
                    try session.execute(lock, [order[1]])
                }
            }
            let one = Task { try await work(0) }
            let other = Task { try await work(1) }
            for task in [one, other] { try await task.value }
            #expect(attempts.withLock { $0 } == 3)
            #expect(try await value(pool, table) == 2)
            #expect(try await value(pool, table, key: 2) == 2)
        }
    }

    @Test("Serialisation failures are done again")
    func serialisation() async throws {
        try await TestServer.withTable(connections: 8) { pool, table in
            try await pool.withSession { try $0.script("INSERT INTO \(table) VALUES (1, 0), (2, 0)") }
            let meeting = Meeting(of: 2)
            let attempts = Mutex(0)
            // Each writes what the other has read: both cannot have been first.
            let work: @Sendable (Int) async throws -> Void = { place in
                let isFirst = Once()
                let (reads, writes): (PostgreSQLValue, PostgreSQLValue) = place == 0 ? (1, 2) : (2, 1)
                try await pool.write { session in
                    attempts.withLock { $0 += 1 }
                    try session.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                    let sum = PostgreSQLStatement("SELECT value FROM \(table) WHERE key = $1")
                    let seen = try session.query(sum, [reads])[0].int(0)
                    if isFirst.take() { meeting.arrive(at: place) }
                    let set = PostgreSQLStatement("UPDATE \(table) SET value = $2 WHERE key = $1")
                    try session.execute(set, [writes, .int(seen + 1)])
                }
            }
            let one = Task { try await work(0) }
            let other = Task { try await work(1) }
            for task in [one, other] { try await task.value }
            #expect(attempts.withLock { $0 } >= 3)
            let values = [try await value(pool, table), try await value(pool, table, key: 2)].compactMap { $0 }
            #expect(values.sorted() == [1, 2])
        }
    }

    @Test("A statement that takes too long ends with its time-out")
    func statementTimeout() async throws {
        try await TestServer.withPool { configuration in
            configuration.statementTimeout = .milliseconds(100)
        } _: { pool in
            let lookup = try await PostgreSQLError.thrown { try await pool.query("SELECT pg_sleep(30)") }
            #expect(lookup.kind == .unavailable)
            #expect(lookup.sqlState == "57014")
            let write = try await PostgreSQLError.thrown {
                try await pool.write { try $0.query("SELECT pg_sleep(30)") }
            }
            #expect(write.sqlState == "57014")
            // Work for which the longer time-out holds.
            _ = try await pool.read(.bulk) { try $0.query("SELECT pg_sleep(0.2)") }
            // It does not outlive its transaction.
            let again = try await PostgreSQLError.thrown { try await pool.query("SELECT pg_sleep(30)") }
            #expect(again.sqlState == "57014")
            _ = try await pool.withSession { try $0.query("SELECT pg_sleep(0.2)") }
        }
    }

    @Test("A lock that another keeps ends with its time-out, after some tries")
    func lockTimeout() async throws {
        try await TestServer.withTable(connections: 3) { configuration in
            configuration.lockTimeout = .milliseconds(50)
        } _: { pool, table in
            try await pool.withSession { try $0.script("INSERT INTO \(table) VALUES (1, 0)") }
            let update = PostgreSQLStatement("UPDATE \(table) SET value = value + 1 WHERE key = 1")
            let (locked, done) = (Gate(), Gate())
            async let holder: Void = pool.write { session in
                try session.execute(update)
                locked.open()
                done.pass()
            }
            let attempts = Mutex(0)
            let error = try await PostgreSQLError.thrown {
                try await pool.write { session in
                    attempts.withLock { $0 += 1 }
                    locked.pass()
                    try session.execute(update)
                }
            }
            done.open()
            try await holder
            #expect(error.sqlState == "55P03")
            #expect(error.kind == .unavailable)
            #expect(attempts.withLock { $0 } == RetryRule().maximumAttempts)
            #expect(try await value(pool, table) == 1)
        }
    }

    @Test("A pipeline is one round trip whose results are in order; a script runs many statements")
    func pipelineAndScript() async throws {
        try await TestServer.withTable { pool, table in
            try await pool.write { session in
                let insert = PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2) RETURNING key")
                let rows = try session.pipeline([
                    PostgreSQLCall(insert, [1, 10]), PostgreSQLCall(insert, [2, 20]),
                    PostgreSQLCall(PostgreSQLStatement("SELECT sum(value)::bigint FROM \(table)")),
                ])
                #expect(try rows.map { try $0[0].int(0) } == [1, 2, 30])
                #expect(try session.pipeline([]).isEmpty)
                try session.script("UPDATE \(table) SET value = 1; UPDATE \(table) SET value = value + 1")
            }
            #expect(try await value(pool, table, key: 2) == 2)
            let error = try await PostgreSQLError.thrown {
                try await pool.withSession { try $0.script("DELETE FROM \(table); SELEKT; SELECT 1") }
            }
            #expect(error.sqlState == "42601")
            #expect(try await value(pool, table, key: 2) == 2)
        }
    }

    @Test("A session of its own leaves neither settings nor locks behind")
    func bareSession() async throws {
        try await TestServer.withPool(connections: 1) { pool in
            try await pool.withSession { session in
                try session.script("SET lock_timeout = 1; SELECT pg_advisory_lock(4711)")
            }
            try await eventually {
                try await pool.query("SELECT pg_try_advisory_lock_shared(4711)")[0].bool(0)
            }
            #expect(try await pool.query("SELECT current_setting('lock_timeout')")[0].text(0) == "2s")
        }
    }

    @Test("Settings of a session are safe ones")
    func settings() async throws {
        try await TestServer.withPool { configuration in
            configuration.applicationName = "tester"
            configuration.schema = "odd \"name"
        } _: { pool in
            let row = try #require(
                try await pool.query(
                    """
                    SELECT current_setting('search_path'), current_setting('standard_conforming_strings'),
                        current_setting('client_encoding'), current_setting('application_name'),
                        current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')
                    """
                ).first)
            #expect(
                try (0..<6).map { try row.text($0) } == [
                    "\"odd \"\"name\", pg_temp", "on", "UTF8", "tester", "10s", "30s",
                ])
        }
    }

    @Test("Without prepared statements no setting outlives its transaction, and nothing is prepared")
    func unprepared() async throws {
        try await TestServer.withTable(connections: 1) { configuration in
            configuration.preparesStatements = false
        } _: { pool, table in
            let path = PostgreSQLStatement(
                "SELECT current_setting('search_path'), current_setting('statement_timeout')")
            let lookup = try await pool.query(path)[0]
            #expect(try lookup.text(0) == "public, pg_temp")
            #expect(try lookup.text(1) == "10s")
            try await pool.write {
                _ = try $0.execute(PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2)"), [1, 5])
            }
            #expect(try await value(pool, table) == 5)
            let error = try await PostgreSQLError.thrown { try await pool.query("SELECT 1 / $1::bigint", [0]) }
            #expect(error.sqlState == "22012")
            #expect(try await pool.read(.bulk) { try $0.query(path)[0].text(1) } == "1min")
            let row = try await pool.withSession { session in
                try session.query(
                    """
                    SELECT current_setting('search_path'), current_setting('statement_timeout'),
                        (SELECT count(*) FROM pg_prepared_statements)
                    """)[0]
            }
            #expect(try row.text(0) == "\"$user\", public")
            #expect(try row.text(1) == "0")
            #expect(try row.int(2) == 0)
        }
    }
}
#endif
