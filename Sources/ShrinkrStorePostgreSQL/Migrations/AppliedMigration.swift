#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase

/// A step that a database says it has: a row of `shrinkr_migrations`.
struct AppliedMigration: Hashable, Sendable {
    let number: Int
    let name: String
    let checksum: String
    /// As ``Migration/Kind`` describes itself; a newer program may have written one that this one does not know.
    let kind: String
    let appliedAt: Timestamp
    /// Which program did it.
    let appliedBy: String

    /// Made by whoever runs the first step. It is not changed by steps, so that every version can read it.
    static let table = """
        CREATE TABLE IF NOT EXISTS shrinkr_migrations (
            number integer PRIMARY KEY,
            name text COLLATE "C" NOT NULL,
            checksum text COLLATE "C" NOT NULL,
            kind text COLLATE "C" NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            applied_by text COLLATE "C" NOT NULL
        )
        """

    private static let tableExists = PostgreSQLStatement("SELECT to_regclass('shrinkr_migrations') IS NOT NULL")
    private static let select = PostgreSQLStatement(
        """
        SELECT number::bigint, name, checksum, kind, (extract(epoch FROM applied_at) * 1000)::bigint, applied_by
        FROM shrinkr_migrations ORDER BY number
        """)
    private static let insert = PostgreSQLStatement(
        """
        INSERT INTO shrinkr_migrations (number, name, checksum, kind, applied_by)
        VALUES (($1::bigint)::integer, $2, $3, $4, $5)
        """)

    /// The steps of the database in their order; none where it is empty.
    static func all(_ session: PostgreSQLSession) throws -> [AppliedMigration] {
        guard try session.query(tableExists).first?.bool(0) == true else { return [] }
        return try session.query(select).map { row in
            AppliedMigration(
                number: Int(try row.int(0)), name: try row.text(1), checksum: try row.text(2), kind: try row.text(3),
                appliedAt: Timestamp(milliseconds: try row.int(4)), appliedBy: try row.text(5))
        }
    }

    /// Enters a step. Two that enter the same one wait for each other, and the second fails.
    static func enter(_ step: Migration, by program: String, _ session: PostgreSQLSession) throws {
        _ = try session.execute(
            insert,
            [
                .int(Int64(step.number)), .text(step.name), .text(step.checksum), .text("\(step.kind)"),
                .text(program),
            ])
    }
}
#endif
