#if PostgreSQL
import Foundation
@testable import PostgreSQLClient
import Synchronization
import Testing

@Suite("PostgreSQL client: pool", .enabled(if: TestServer.isThere), .timeLimit(.minutes(10)))
struct PoolTests {
    private static let mine: PostgreSQLStatement = "SELECT pg_backend_pid()"
    private static let terminate: PostgreSQLStatement = "SELECT pg_terminate_backend($1::integer, 5000)"

    /// Ends sessions from another pool.
    private func end(_ session: Int64) async throws {
        try await TestServer.withPool(connections: 1) { _ = try await $0.query(Self.terminate, [.int(session)]) }
    }

    @Test("A thousand lookups at once are answered, each with its own rows")
    func thousand() async throws {
        try await TestServer.withPool(connections: 8) { pool in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let rows = try await pool.query("SELECT $1::bigint, $2::text", [PostgreSQLValue(number), "x"])
                        return try rows[0].int(0) == Int64(number)
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test("No more connections are made than are allowed")
    func bounded() async throws {
        try await TestServer.withPool(connections: 3) { configuration in
            configuration.applicationName = "bounded"
            configuration.waitLimit = .seconds(300)
        } _: { pool in
            let sessions = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await pool.read(.prompt) { try $0.query(Self.mine)[0].int(0) } }
                }
                var sessions: Set<Int64> = []
                for try await session in group { sessions.insert(session) }
                return sessions
            }
            #expect(sessions.count <= 3)
        }
    }

    @Test("Who waits for a connection for too long is told so")
    func waitLimit() async throws {
        try await TestServer.withPool(connections: 1) { configuration in
            configuration.waitLimit = .milliseconds(200)
        } _: { pool in
            // Making a connection may take longer where much else runs.
            try await eventually { (try? await pool.query("SELECT 1")) != nil }
            let (begun, done) = (Gate(), Gate())
            async let holder: Void = pool.write { _ in
                begun.open()
                done.pass()
            }
            try await begun.opened()
            let error = try await PostgreSQLError.thrown { try await pool.query("SELECT 1") }
            let bulk = try await PostgreSQLError.thrown { try await pool.read(.bulk) { try $0.query("SELECT 1") } }
            #expect(error.kind == .unavailable)
            #expect(bulk.kind == .unavailable)
            done.open()
            try await holder
            #expect(try await pool.query("SELECT 1::bigint")[0].int(0) == 1)
        }
    }

    @Test("Bulk work leaves connections for prompt work")
    func lanes() async throws {
        try await TestServer.withPool(connections: 2) { configuration in
            configuration.waitLimit = .seconds(300)
        } _: { pool in
            let (begun, done) = (Gate(), Gate())
            let running = Mutex((now: 0, most: 0))
            let bulk: @Sendable (Bool) async throws -> Void = { isFirst in
                try await pool.read(.bulk) { _ in
                    running.withLock { running in
                        running.now += 1
                        running.most = max(running.most, running.now)
                    }
                    if isFirst {
                        begun.open()
                        done.pass()
                    }
                    running.withLock { $0.now -= 1 }
                }
            }
            let one = Task { try await bulk(true) }
            try await begun.opened()
            let other = Task { try await bulk(false) }
            let third = Task { try await bulk(false) }
            for _ in 0..<20 { _ = try await pool.query("SELECT 1") }
            done.open()
            for task in [one, other, third] { try await task.value }
            #expect(running.withLock { $0.most } == 1)
        }
    }

    @Test("Work whose session was ended in its midst is done again")
    func terminated() async throws {
        try await TestServer.withTable(connections: 2) { pool, table in
            let attempts = Mutex<[Int64]>([])
            let (known, ended) = (Gate(), Gate())
            async let work: Void = pool.write { session in
                let mine = try session.query(Self.mine)[0].int(0)
                let isFirst = attempts.withLock { attempts in
                    attempts.append(mine)
                    return attempts.count == 1
                }
                try session.execute(PostgreSQLStatement("INSERT INTO \(table) VALUES (1, 1)"))
                if isFirst {
                    known.open()
                    ended.pass()
                }
                try session.execute(PostgreSQLStatement("UPDATE \(table) SET value = value + 1"))
            }
            try await known.opened()
            try await end(try #require(attempts.withLock { $0.first }))
            ended.open()
            try await work
            #expect(attempts.withLock { $0.count } == 2)
            let values = try await pool.query(PostgreSQLStatement("SELECT value FROM \(table)"))
            #expect(try values.map { try $0.int(0) } == [2])
        }
    }

    @Test("A session that ends during COMMIT leaves the outcome unknown, and the work is not done again")
    func terminatedDuringCommit() async throws {
        try await TestServer.withTable(connections: 2) { pool, table in
            try await pool.withSession { session in
                try session.script(
                    """
                    CREATE FUNCTION \(table)_wait() RETURNS trigger LANGUAGE plpgsql
                        AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION \(table)_wait();
                    """)
            }
            let attempts = Mutex<[Int64]>([])
            async let work = PostgreSQLError.thrown {
                try await pool.write { session in
                    let mine = try session.query(Self.mine)[0].int(0)
                    attempts.withLock { $0.append(mine) }
                    try session.execute(PostgreSQLStatement("INSERT INTO \(table) VALUES (1, 1)"))
                }
            }
            let committing: PostgreSQLStatement =
                "SELECT pid::bigint FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = $1"
            try await eventually {
                guard let mine = attempts.withLock({ $0.first }) else { return false }
                return try await !pool.query(committing, [.int(mine)]).isEmpty
            }
            try await end(try #require(attempts.withLock { $0.first }))
            #expect(try await work.kind == .outcomeUnknown)
            #expect(attempts.withLock { $0.count } == 1)
            try await pool.withSession { try $0.script("DROP FUNCTION \(table)_wait() CASCADE") }
        }
    }

    @Test("Lookups whose session was ended, and reads, are done again")
    func terminatedReads() async throws {
        try await TestServer.withPool(connections: 1) { pool in
            for _ in 0..<5 {
                let mine = try await pool.query(Self.mine)[0].int(0)
                try await end(mine)
                #expect(try await pool.query(Self.mine)[0].int(0) != mine)
            }
            // Ended by the lookup itself, while another waits for its answer in the same pipeline.
            let isFirst = Once()
            let count = try await pool.read(.prompt) { session in
                if isFirst.take() {
                    _ = try session.query("SELECT pg_terminate_backend(pg_backend_pid())")
                }
                return try session.query("SELECT 7::bigint")[0].int(0)
            }
            #expect(count == 7)
        }
    }

    @Test("Nothing is lost, done twice or left waiting while sessions end at random and tasks are cancelled")
    func chaos() async throws {
        try await TestServer.withTable(connections: 4) { configuration in
            configuration.applicationName = "chaos"
        } _: { pool, table in
            try await pool.withSession {
                try $0.script("INSERT INTO \(table) SELECT i, 0 FROM generate_series(0, 7) i")
            }
            let add = PostgreSQLStatement("UPDATE \(table) SET value = value + 1 WHERE key = $1")
            let over = Gate()
            let killer = Task {
                try await TestServer.withPool(connections: 1) { other in
                    let end: PostgreSQLStatement =
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'chaos' ORDER BY random() LIMIT 1
                        """
                    while !over.isOpen {
                        _ = try await other.query(end)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
            }
            let outcomes = try await withThrowingTaskGroup(of: (done: Int64, unknown: Int64).self) { group in
                for key in 0..<8 {
                    group.addTask { try await Self.write(pool, add, key: key, count: 60) }
                    group.addTask {
                        for _ in 0..<60 {
                            let task = Task {
                                try await pool.read(.bulk) { try $0.query("SELECT pg_sleep(0.01)").count }
                            }
                            if Bool.random() { task.cancel() }
                            // Ended over and over again it may fail; it must not hang.
                            _ = try? await task.value
                        }
                        return (0, 0)
                    }
                }
                var sum: (done: Int64, unknown: Int64) = (0, 0)
                for try await one in group { sum = (sum.done + one.done, sum.unknown + one.unknown) }
                return sum
            }
            over.open()
            try await killer.value
            let sum = PostgreSQLStatement("SELECT sum(value)::bigint FROM \(table)")
            let value = try await pool.query(sum)[0].int(0)
            #expect(value >= outcomes.done && value <= outcomes.done + outcomes.unknown)
        }
    }

    private static func write(
        _ pool: PostgreSQLPool, _ statement: PostgreSQLStatement, key: Int, count: Int
    ) async throws -> (done: Int64, unknown: Int64) {
        var (done, unknown): (Int64, Int64) = (0, 0)
        for _ in 0..<count {
            do {
                try await pool.write { _ = try $0.execute(statement, [PostgreSQLValue(key)]) }
                done += 1
            } catch let error as PostgreSQLError where error.kind == .outcomeUnknown {
                unknown += 1
            } catch let error as PostgreSQLError where error.kind == .unavailable {
                // Ended five times in a row, always before COMMIT: it was certainly not done.
            }
        }
        return (done, unknown)
    }

    @Test("Cancelling a task cancels what its read runs at the server; the connection is of use afterwards")
    func cancelled() async throws {
        try await TestServer.withPool(connections: 1) { configuration in
            // Nothing else would end the statement while the test lasts.
            configuration.bulkStatementTimeout = .seconds(36_000)
        } _: { pool in
            let begun = Mutex(false)
            let task = Task {
                try await pool.read(.bulk) { session in
                    begun.withLock { $0 = true }
                    _ = try session.query("SELECT pg_sleep(36000)")
                }
            }
            try await eventually { begun.withLock { $0 } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            for _ in 0..<20 { #expect(try await pool.query("SELECT 1::bigint")[0].int(0) == 1) }
        }
    }

    @Test("Cancelling a task that waits for a connection ends its wait")
    func cancelledWait() async throws {
        try await TestServer.withPool(connections: 1) { configuration in
            configuration.waitLimit = .seconds(300)
        } _: { pool in
            let (begun, done) = (Gate(), Gate())
            async let holder: Void = pool.write { _ in
                begun.open()
                done.pass()
            }
            try await begun.opened()
            let hasRun = Mutex(false)
            let lookup = Task { _ = try await pool.query("SELECT 1") }
            let write = Task { try await pool.write { _ in hasRun.withLock { $0 = true } } }
            lookup.cancel()
            write.cancel()
            await #expect(throws: CancellationError.self) { try await lookup.value }
            await #expect(throws: CancellationError.self) { try await write.value }
            done.open()
            try await holder
            _ = try await pool.query("SELECT 1")
            #expect(!hasRun.withLock { $0 })
        }
    }

    @Test("Closing a pool finishes what runs and fails what waits")
    func close() async throws {
        var configuration = try TestServer.configuration()
        configuration.connections = 1
        let pool = PostgreSQLPool(configuration, logger: .silent)
        let (begun, done) = (Gate(), Gate())
        async let running = pool.read(.prompt) { session in
            begun.open()
            done.pass()
            return try session.query("SELECT 5::bigint")[0].int(0)
        }
        try await begun.opened()
        async let waiting = PostgreSQLError.thrown { try await pool.query("SELECT 1") }
        async let closing: Void = pool.close()
        #expect(try await waiting.kind == .unavailable)
        done.open()
        #expect(try await running == 5)
        await closing
        #expect(try await PostgreSQLError.thrown { try await pool.query("SELECT 1") }.kind == .unavailable)
        await pool.close()
    }
}
#endif
