#if PostgreSQL
import Logging
import PostgreSQLClient
import ShrinkrStore
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite(
    "Migrations of PostgreSQL", .timeLimit(.minutes(10)), .enabled(if: MigrationDatabase.server != nil))
struct MigrationRunnerTests {
    private let steps: [Migration]

    init() throws {
        steps = [
            try .made(1, "CREATE TABLE links (id bigint, url text); CREATE TABLE runs (step int)"),
            try .made(2, "INSERT INTO runs VALUES (2); ALTER TABLE links ADD note text"),
            try .made(
                3, "CREATE INDEX CONCURRENTLY IF NOT EXISTS links_by_url ON links (url); ANALYZE links",
                transaction: false),
            try .made(4, "INSERT INTO runs VALUES (4); SELECT pg_sleep(0.05)"),
        ]
    }

    @Test("run each step once, in order, and say what was done")
    func order() async throws {
        try await MigrationDatabase.with { database in
            #expect(try await database.applied() == [])
            let first = database.migrations(Array(steps.prefix(2)))
            #expect(try await first() == ["0001-step", "0002-step"])
            let second = database.migrations(steps)
            #expect(try await second() == ["0003-step", "0004-step"])
            #expect(try await second() == [])
            #expect(second.lines.all.map { $0.prefix(19) } == ["'0003-step' is done", "'0004-step' is done"])
            let applied = try await database.applied()
            #expect(applied.map(\.name) == steps.map(\.name))
            #expect(applied.map(\.checksum) == steps.map(\.checksum))
            #expect(applied.allSatisfy { $0.kind == "expand" && $0.appliedBy == "tests 1" })
            #expect(try await database.number("SELECT count(*) FROM runs") == 2)
            #expect(
                try await database.number("SELECT count(*) FROM pg_index WHERE indexrelid = 'links_by_url'::regclass")
                    == 1)
        }
    }

    /// Whoever skips a release has programs at work that need what the step takes away; and so has whoever starts many
    /// tasks that all migrate.
    @Test("leave what takes away to a later version, however often they run")
    func contract() async throws {
        try await MigrationDatabase.with { database in
            let all =
                try Array(steps.prefix(2)) + [
                    .made(3, "DROP TABLE runs", kind: "contract of 0002-step"),
                    .made(4, "ALTER TABLE links ADD more text"),
                ]
            #expect(try await database.migrations(all)() == ["0001-step", "0002-step", "0004-step"])
            #expect(try await database.migrations(all)() == [])
            #expect(try await database.migrations(all, program: "tests 2")() == ["0003-step"])
            #expect(try await database.migrations(all)() == [])
        }
    }

    @Test("are run by one of two hundred that start at once")
    func crowd() async throws {
        try await MigrationDatabase.with { database in
            // The server refuses most of them at first, and the other tests go on.
            let owner = try await database.owner(connections: 20)
            let done = try await withThrowingTaskGroup { group in
                for _ in 0..<200 {
                    let run = database.migrations(steps, configuration: owner)
                    group.addTask { try await run() }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.sorted() == steps.map(\.name))
            #expect(try await database.applied().map(\.name) == steps.map(\.name))
            #expect(try await database.number("SELECT count(*) FROM runs") == 2)
        }
    }

    @Test("are refused where an earlier file was changed, before anything is done")
    func changedFile() async throws {
        try await MigrationDatabase.with { database in
            _ = try await database.migrations(Array(steps.prefix(1)))()
            let changed = [try Migration.made(1, "CREATE TABLE links (id bigint)")] + steps.dropFirst()
            let error = await #expect(throws: StoreError.self) { try await database.migrations(changed)() }
            #expect(error?.description.contains("'0001-step' was changed after it was run") == true)
            #expect(try await database.applied().count == 1)
        }
    }

    @Test("leave nothing of a step that fails, and keep those before it")
    func failure() async throws {
        try await MigrationDatabase.with { database in
            let broken =
                Array(steps.prefix(1)) + [try .made(2, "INSERT INTO runs VALUES (2); SELECT nonsense FROM links")]
            let error = await #expect(throws: StoreError.self) { try await database.migrations(broken)() }
            #expect(error?.description.contains("the step '0002-step' failed: PostgreSQL reports: column") == true)
            #expect(try await database.applied().map(\.name) == ["0001-step"])
            #expect(try await database.number("SELECT count(*) FROM runs") == 0)
            #expect(try await database.migrations(steps)().count == 3)
        }
    }

    /// Whoever waits for an exclusive lock makes all wait who come later: so a step waits for a moment only.
    @Test("let others go on while a lock is not to be had")
    func lock() async throws {
        try await MigrationDatabase.with { database in
            _ = try await database.migrations(Array(steps.prefix(1)))()
            let lines = ReportLines()
            let migration = database.migrations(steps, lines: lines)
            // A transaction that has read the table, and goes on.
            let (pool, held) = (database.pool, ReportLines())
            async let reader: Void = pool.withSession { session in
                try session.script("BEGIN; SELECT FROM links")
                held.add("locked")
                while try session.query("SELECT EXISTS (SELECT FROM runs WHERE step = 0)").first?.bool(0) != true {
                    try session.script("SELECT pg_sleep(0.01)")
                }
                try session.script("COMMIT")
            }
            try await held.wait(for: "locked")
            async let done = migration()
            try await lines.wait(
                for: "'0002-step' did not get a lock that others hold, and let them go on; trying again (3)")
            #expect(try await database.number("SELECT count(*) FROM links") == 0)
            #expect(try await database.applied().count == 1)
            try await database.run("INSERT INTO runs VALUES (0)")
            try await reader
            #expect(try await done == ["0002-step", "0003-step", "0004-step"])
        }
    }

    @Test("give up where a lock is never to be had")
    func patience() async throws {
        try await MigrationDatabase.with { database in
            _ = try await database.migrations(Array(steps.prefix(1)))()
            let (pool, held) = (database.pool, ReportLines())
            let reader = Task {
                try await pool.withSession { session in
                    try session.script("BEGIN; SELECT FROM links")
                    held.add("locked")
                    try session.script("SELECT pg_sleep(600)")
                }
            }
            try await held.wait(for: "locked")
            let migration = database.migrations(steps) { $0.patience = .milliseconds(300) }
            let error = await #expect(throws: StoreError.self) { try await migration() }
            #expect(error?.description.contains("'0002-step' did not get a lock") == true)
            reader.cancel()
            _ = await reader.result
            #expect(try await database.migrations(steps)().count == 3)
        }
    }

    @Test("make an index anew that was left unfinished")
    func unfinishedIndex() async throws {
        try await MigrationDatabase.with { database in
            _ = try await database.migrations(Array(steps.prefix(1)))()
            try await database.run("INSERT INTO links VALUES (1, 'a'), (2, 'a')")
            let unique = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"By URL\" ON links (url)"
            let files = [steps[0], try .made(2, unique, transaction: false)]
            await #expect(throws: StoreError.self) { try await database.migrations(files)() }
            let valid = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('\"By URL\"') AND indisvalid"
            #expect(try await database.number("SELECT count(*) FROM pg_class WHERE relname = 'By URL'") == 1)
            #expect(try await database.number(valid) == 0)
            try await database.run("DELETE FROM links WHERE id = 2")
            let again = database.migrations(files)
            #expect(try await again() == ["0002-step"])
            #expect(again.lines.all.first == "the index \"By URL\" was left unfinished and is made anew")
            #expect(try await database.number(valid) == 1)
        }
    }

    /// Runners are cut off again and again, whatever they do at that moment; whoever comes next does the rest.
    @Test("are whole in the end, wherever they were cut off", arguments: 0..<4)
    func cutOff(round: Int) async throws {
        try await MigrationDatabase.with { database in
            var files = steps
            for number in stride(from: 5, through: 19, by: 2) {
                // Before the first run is cut off there is time for it, however slow the machine is.
                let pause = "SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM kills) THEN 0.05 ELSE 5 END)"
                files.append(try .made(number, "INSERT INTO runs VALUES (\(number)); \(pause)"))
                let index = "CREATE INDEX CONCURRENTLY IF NOT EXISTS links_\(number) ON links (id, url)"
                files.append(try .made(number + 1, index, transaction: false))
            }
            try await database.run("CREATE TABLE kills (number int)")
            try await database.run("CREATE TABLE links (id bigint, url text)")
            try await database.run("INSERT INTO links SELECT i, repeat('x', 100) FROM generate_series(1, 5000) i")
            files[0] = try .made(1, "CREATE TABLE runs (step int)")
            let all = files
            let client = "cut_\(database.name)"
            let kills = Task {
                var killed = 0
                let kill = """
                    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE application_name = '\(client)'
                    """
                do {
                    while killed < 15 {
                        killed += try await database.number(kill)
                        if killed > 0 { try await database.run("INSERT INTO kills VALUES (\(killed))") }
                        try await Task.sleep(for: .milliseconds(Int.random(in: 1...40)))
                    }
                } catch is CancellationError {}
                return killed
            }
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    let run = database.migrations(all, client: client)
                    group.addTask { _ = try await run() }
                }
                try await group.waitForAll()
            }
            kills.cancel()
            #expect(try await kills.value > 0)
            #expect(try await database.applied().map(\.name) == files.map(\.name))
            let transactional = files.filter { $0.sql.contains("INSERT INTO runs") }.count
            #expect(try await database.number("SELECT count(*) FROM runs") == transactional)
            #expect(try await database.number("SELECT count(DISTINCT step) FROM runs") == transactional)
            #expect(try await database.number("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0)
            let indexes = files.count { !$0.isTransactional }
            #expect(try await database.number("SELECT count(*) FROM pg_class WHERE relname ~ '^links_'") == indexes)
        }
    }

    @Test("fail in a sentence without the password where there is no server")
    func unreachable() async throws {
        var configuration = try PostgreSQLConfiguration(url: "postgresql://shrinkr:hunter2@127.0.0.1:1/x")
        configuration.waitLimit = .milliseconds(200)
        var limits = MigrationRunner.Limits()
        limits.connect = .seconds(10)
        let lines = ReportLines()
        let runner = MigrationRunner(
            configuration: configuration, files: steps, program: "tests", limits: limits, logger: Logger(label: "test"),
            report: { lines.add($0) })
        let error = await #expect(throws: StoreError.self) { try await runner.run() }
        #expect(error?.description.contains("PostgreSQL") == true)
        #expect(!lines.all.isEmpty)
        #expect(([error?.description ?? ""] + lines.all).allSatisfy { !$0.contains("hunter2") })
    }

    @Test("fail at once, in a sentence without it, where the server refuses the password")
    func refusedPassword() async throws {
        try await MigrationDatabase.with { database in
            var configuration = database.configuration
            configuration.password = "hunter2"
            let lines = ReportLines()
            let migrate = database.migrations(steps, configuration: configuration, lines: lines)
            let error = await #expect(throws: StoreError.self) { try await migrate() }
            #expect(error?.description.contains("PostgreSQL refuses the password") == true)
            #expect(error?.description.contains("hunter2") == false)
            #expect(lines.all.isEmpty)
        }
    }
}
#endif
