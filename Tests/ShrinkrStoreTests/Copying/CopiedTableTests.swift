import GRDB
import ShrinkrStore
import Testing

@testable import ShrinkrStoreSQLite

#if PostgreSQL
import PostgreSQLClient
#endif

@Suite("Copied tables", .timeLimit(.minutes(10))) struct CopiedTableTests {
    /// A column as both kinds of database describe it, in one line: `links.code text`, `links.url text null`.
    private func line(_ table: String, _ column: String, _ type: String, isOptional: Bool) -> String {
        "\(table).\(column) \(type)\(isOptional ? " null" : "")"
    }

    private func withoutDerived(_ lines: [String]) -> [String] {
        lines.filter { line in !CopiedTable.derived.contains { line.hasPrefix("\($0).") } }
    }

    private func copied(_ rename: [String: String], _ types: [TableColumn.Kind: String], nulls: Bool) -> Set<String> {
        Set(
            CopiedTable.all.flatMap { table in
                table.columns.map { column in
                    line(
                        table.name, rename[column.name] ?? column.name, types[column.kind] ?? "",
                        isOptional: column.isOptional || nulls && column.valueOfNull != nil)
                }
            })
    }

    /// What SQLite makes anew.
    private static let ofSQLite: Set = [
        "links.change_position integer", "worker_versions.worker text", "worker_versions.frame_version integer",
        "worker_versions.expires_at integer",
    ]

    @Test("are all columns of SQLite's tables")
    func sqlite() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { _ in }
            let found = try await DatabaseQueue(path: path).read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT m.name, c.name, lower(c.type), c."notnull" OR c.pk > 0 FROM sqlite_schema AS m
                        JOIN pragma_table_xinfo(m.name) AS c
                        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'grdb_migrations'
                            AND m.name NOT LIKE 'link_search%'
                        """
                ).map { line($0[0], $0[1], $0[2], isOptional: !$0[3]) }
            }
            let types: [TableColumn.Kind: String] = [
                .integer: "integer", .boolean: "integer", .text: "text", .bytes: "blob",
            ]
            #expect(
                Set(withoutDerived(found)) == copied(["code_key": "folded"], types, nulls: true).union(Self.ofSQLite))
        }
    }

    #if PostgreSQL
    /// What PostgreSQL makes anew.
    private static let ofPostgreSQL: Set = [
        "links.change_xid other", "folded_journals.only_row boolean", "clicks_by_bucket.values_at_most integer",
        "worker_versions.worker text", "worker_versions.frame_version integer", "worker_versions.expires_at integer",
    ]

    @Test("are all columns of PostgreSQL's tables", .enabled(if: MigrationDatabase.server != nil))
    func postgreSQL() async throws {
        try await MigrationDatabase.with { database in
            try await CopyDatabase.migrate(database)
            let rows = try await database.pool.query(
                """
                SELECT c.relname::text, a.attname::text, CASE WHEN t.typname IN ('int2', 'int4', 'int8') THEN 'integer'
                    WHEN t.typname = 'text' THEN 'text' WHEN t.typname = 'bytea' THEN 'bytes'
                    WHEN t.typname = 'bool' THEN 'boolean' ELSE 'other' END, NOT a.attnotnull
                FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid JOIN pg_type AS t ON t.oid = a.atttypid
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                    AND c.relname <> 'shrinkr_migrations'
                """)
            let found = try rows.map { row in
                line(try row.text(0), try row.text(1), try row.text(2), isOptional: try row.bool(3))
            }
            let types: [TableColumn.Kind: String] = [
                .integer: "integer", .boolean: "boolean", .text: "text", .bytes: "bytes",
            ]
            #expect(Set(withoutDerived(found)) == copied([:], types, nulls: false).union(Self.ofPostgreSQL))
        }
    }
    #endif

    @Test("come after those that their rows refer to")
    func order() throws {
        let names = CopiedTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        let links = try #require(names.firstIndex(of: "links"))
        let tags = try #require(names.firstIndex(of: "link_tags"))
        #expect(links < tags)
    }
}
