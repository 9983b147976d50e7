#if PostgreSQL
import Logging
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrStorePostgreSQL

/// The step that makes `link_clicks`, on a database that the release before has filled and goes on filling.
@Suite("The step for clicks of links", .timeLimit(.minutes(10)), .enabled(if: MigrationDatabase.server != nil))
struct LinkClicksMigrationTests {
    private static let steps = try? Migration.all()

    private func step(_ name: String) throws -> Int {
        try #require(Self.steps?.firstIndex { $0.name.hasSuffix(name) })
    }

    /// What the programs of the release before do.
    private static let insert = """
        INSERT INTO links (code, code_key, url, redirect_status, forward_query, enabled, created_at, updated_at, version,
            settings_hash, deleted_at)
        SELECT 'L' || n, 'l' || n, CASE WHEN n % 7 <> 0 THEN 'https://example.com/' || n END, 302, false, true, 0, 0, 1, n,
            CASE WHEN n % 5 = 0 OR n % 7 = 0 THEN 1 END
        FROM generate_series(%1, %2) AS n
        """
    private static let count = """
        INSERT INTO clicks_by_bucket AS own (bucket, code, people, bots, values_at_most)
        SELECT n % %3, 'L' || n, n % 4, n % 3, 1 FROM generate_series(%1, %2) AS n ORDER BY 1, 2
        ON CONFLICT (bucket, code) DO UPDATE SET people = own.people + excluded.people, bots = own.bots + excluded.bots
        """

    private func run(_ sql: String, _ numbers: Int..., in database: MigrationDatabase) async throws {
        var sql = sql
        for (index, number) in numbers.enumerated() { sql = sql.replacing("%\(index + 1)", with: "\(number)") }
        try await database.run(sql)
    }

    /// Rows that say anything else than the buckets do, and links without a row or rows without a link.
    private static let wrong = """
        SELECT count(*) FROM (
            SELECT id, sum(coalesce(people, 0))::bigint AS people, sum(coalesce(bots, 0))::bigint AS bots,
                coalesce(max(bucket) FILTER (WHERE people + bots > 0), -1) AS last_bucket, deleted_at IS NOT NULL AS deleted
            FROM links LEFT JOIN clicks_by_bucket USING (code) WHERE url IS NOT NULL GROUP BY id) AS right_one
        FULL JOIN link_clicks AS own ON own.link_id = right_one.id
        WHERE (right_one.people, right_one.bots, right_one.last_bucket, right_one.deleted)
            IS DISTINCT FROM (own.people, own.bots, own.last_bucket, own.deleted)
        """

    @Test("counts what was there, what comes meanwhile and what comes later")
    func filled() async throws {
        try await MigrationDatabase.with { database in
            let steps = try #require(Self.steps)
            let (made, filled) = (try step("-link-clicks-and-search"), try step("-links-filled-in"))
            _ = try await database.migrations(Array(steps[..<made]))()
            try await run(Self.insert, 1, 2_500, in: database)
            for bucket in [3, 5] { try await run(Self.count, 1, 2_000, bucket, in: database) }

            _ = try await database.migrations(Array(steps[...made]))()
            // Between the two steps rows are made as they are needed.
            try await run(Self.insert, 2_501, 2_600, in: database)
            for bucket in [5, 7] { try await run(Self.count, 1_990, 2_550, bucket, in: database) }
            try await database.run("UPDATE links SET deleted_at = 1 WHERE id % 11 = 0")
            try await database.run("UPDATE links SET deleted_at = NULL WHERE id % 25 = 0 AND url IS NOT NULL")
            try await database.run("UPDATE links SET url = NULL, deleted_at = 1 WHERE id % 13 = 0")
            #expect(try await database.number("SELECT count(*) FROM link_clicks") < 1_000)

            _ = try await database.migrations(Array(steps[...filled]))()
            #expect(try await database.number(Self.wrong) == 0)
            #expect(try await database.number("SELECT count(*) FROM link_clicks") > 2_000)
            for bucket in [7, 11] { try await run(Self.count, 1, 2_600, bucket, in: database) }
            try await database.run("UPDATE links SET deleted_at = 1 WHERE id % 17 = 0")
            #expect(try await database.number(Self.wrong) == 0)
            // It may be run again.
            try await database.run("CALL fill_in_links()")
            #expect(try await database.number(Self.wrong) == 0)
        }
    }

    @Test("says of which links a text is to be made, and takes away what the release before has changed")
    func texts() async throws {
        try await MigrationDatabase.with { database in
            let steps = try #require(Self.steps)
            _ = try await database.migrations(Array(steps[..<(try step("-link-clicks-and-search"))]))()
            try await run(Self.insert, 1, 20, in: database)
            _ = try await database.migrations(steps)()
            let store = try await PostgreSQLStore.open(
                configuration: database.configuration, logger: Logger(label: "test"))
            func found(_ text: String) async throws -> [String] {
                try await store.links(LinkQuery(limit: 99, order: .oldest, search: text)).links.map(\.code.text)
            }
            // Without their texts, as the release before has found them.
            #expect(try await found("EXAMPLE.com/1") == ["L1", "L11", "L12", "L13", "L16", "L17", "L18", "L19"])
            #expect(try await store.makeSearchTexts(limit: 5) == 5)
            #expect(try await store.makeSearchTexts(limit: 99) == 13)
            #expect(try await store.makeSearchTexts(limit: 99) == 0)
            #expect(try await database.number("SELECT count(*) FROM link_texts") == 18)
            #expect(try await found("EXAMPLE.com/1") == ["L1", "L11", "L12", "L13", "L16", "L17", "L18", "L19"])
            // The release before changes a link, makes one, and erases one.
            try await database.run("UPDATE links SET url = 'https://xn--mnchen-3ya.de/', version = 2 WHERE id = 1")
            try await run(Self.insert, 22, 22, in: database)
            try await database.run("UPDATE links SET url = NULL, deleted_at = 1 WHERE id = 3")
            #expect(try await found("/1") == ["L11", "L12", "L13", "L16", "L17", "L18", "L19"])
            #expect(try await store.makeSearchTexts(limit: 99) == 2)
            #expect(try await found("münchen") == ["L1"])
            #expect(try await found("example.com/22") == ["L22"])
            #expect(try await found("example.com/3") == [])
            #expect(
                try await database.number("SELECT count(*) FROM pg_indexes WHERE indexname = 'link_texts_by_trigram'")
                    == 1)
            await store.close()
        }
    }

    /// `CREATE EXTENSION` may not be allowed, or the extension not be there.
    @Test("goes on where the extension may not be made")
    func noExtension() async throws {
        try await MigrationDatabase.with { database in
            let configuration = try await database.owner(connections: 20)
            try await database.run(
                """
                GRANT USAGE, CREATE ON SCHEMA public TO \(database.name);
                ALTER DATABASE \(database.name) OWNER TO CURRENT_USER
                """)
            _ = try await database.migrations(try #require(Self.steps), configuration: configuration)()
            #expect(try await database.number("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'") == 0)
            let store = try await PostgreSQLStore.open(configuration: configuration, logger: Logger(label: "test"))
            try await store.insert(NewLink("a", url: "https://xn--mnchen-3ya.de/"))
            #expect(try await store.links(LinkQuery(limit: 9, search: "MÜNCHEN")).links.map(\.code.text) == ["a"])
            await store.close()
        }
    }

    @Test("is exact while workers of the release before count, and links are deleted")
    func atOnce() async throws {
        try await MigrationDatabase.with { database in
            let steps = try #require(Self.steps)
            let (made, filled) = (try step("-link-clicks-and-search"), try step("-links-filled-in"))
            _ = try await database.migrations(Array(steps[..<made]))()
            try await run(Self.insert, 1, 5_000, in: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<3 {
                    group.addTask {
                        for round in 0..<40 {
                            let start = (worker * 700 + round * 113) % 4_000 + 1
                            try await run(Self.count, start, start + 900, 2 + round % 3, in: database)
                        }
                    }
                }
                group.addTask {
                    // As programs do, one link in a transaction.
                    for round in 0..<300 {
                        try await database.run(
                            """
                            UPDATE links SET deleted_at = CASE WHEN deleted_at IS NULL THEN 1 END
                            WHERE id = \(round * 13 % 4_999 + 1) AND url IS NOT NULL
                            """)
                    }
                }
                group.addTask { _ = try await database.migrations(Array(steps[...filled]))() }
                try await group.waitForAll()
            }
            #expect(try await database.number(Self.wrong) == 0)
            #expect(try await database.number("SELECT sum(clicks)::bigint FROM link_clicks") > 0)
        }
    }
}
#endif
