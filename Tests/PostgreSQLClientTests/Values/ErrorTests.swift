#if PostgreSQL
import Foundation
@testable import PostgreSQLClient
import Testing

@Suite("PostgreSQL client: errors", .enabled(if: TestServer.isThere), .timeLimit(.minutes(10)))
struct ErrorTests {
    @Test("SQL that is wrong is told from tables that are missing by its code; both are of the kind schema")
    func wrongSQL() async throws {
        try await TestServer.withPool { pool in
            let syntax = try await PostgreSQLError.thrown { try await pool.query("SELEKT 1") }
            #expect(syntax.kind == .schema)
            #expect(syntax.sqlState == "42601")
            let table = try await PostgreSQLError.thrown { try await pool.query("SELECT * FROM not_there") }
            #expect(table.kind == .schema)
            #expect(table.sqlState == "42P01")
            #expect(try await pool.query("SELECT 1::bigint")[0].int(0) == 1)
        }
    }

    @Test("A second row with a key is of the kind unique, names its constraint, and hides the value")
    func unique() async throws {
        try await TestServer.withTable { pool, table in
            let insert = PostgreSQLStatement("INSERT INTO \(table) VALUES ($1, $2)")
            try await pool.write { _ = try $0.execute(insert, [987_654_321, 1]) }
            let error = try await PostgreSQLError.thrown {
                try await pool.write { _ = try $0.execute(insert, [987_654_321, 2]) }
            }
            #expect(error.kind == .unique)
            #expect(error.constraint == "\(table)_pkey")
            #expect(!"\(error)".contains("987654321"))
        }
    }

    @Test("A value that breaks another rule is refused without being repeated")
    func refused() async throws {
        try await TestServer.withTable { pool, table in
            let null = try await PostgreSQLError.thrown {
                try await pool.write { try $0.execute(PostgreSQLStatement("INSERT INTO \(table) VALUES (1, NULL)")) }
            }
            #expect(null.kind == .refused)
            let number = try await PostgreSQLError.thrown {
                try await pool.query("SELECT $1::text::bigint", ["geheim"])
            }
            #expect(number.kind == .refused)
            #expect(!"\(number)".contains("geheim"))
        }
    }

    @Test("A statement that fails in a pipeline fails alone")
    func pipelineOfLookups() async throws {
        try await TestServer.withPool(connections: 1) { pool in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            let divisor = number % 10 == 0 ? 0 : 1
                            let rows = try await pool.query(
                                "SELECT $1::bigint / $2::bigint", [PostgreSQLValue(number), PostgreSQLValue(divisor)])
                            #expect(try rows[0].int(0) == Int64(number))
                            #expect(number % 10 != 0)
                        } catch {
                            #expect((error as? PostgreSQLError)?.sqlState == "22012")
                            #expect(number % 10 == 0)
                        }
                    }
                }
            }
        }
    }

    @Test("What a code means does not depend on the server's words")
    func kinds() {
        #expect(PostgreSQLError.classify("40001") == (.retryable, false))
        #expect(PostgreSQLError.classify("40P01") == (.retryable, false))
        #expect(PostgreSQLError.classify("57P01") == (.unavailable, true))
        #expect(PostgreSQLError.classify("08006") == (.unavailable, true))
        #expect(PostgreSQLError.classify("53300") == (.unavailable, false))
        #expect(PostgreSQLError.classify("25006") == (.readOnly, true))
        #expect(PostgreSQLError.classify("22P02") == (.refused, false))
        #expect(PostgreSQLError.classify("P0001") == (.other, false))
    }

    @Test("A table that changes under a prepared statement is no error")
    func changedTable() async throws {
        try await TestServer.withTable(connections: 1) { pool, table in
            let all = PostgreSQLStatement("SELECT * FROM \(table)")
            #expect(try await pool.query(all).isEmpty)
            try await TestServer.withPool { other in
                try await other.withSession { try $0.script("ALTER TABLE \(table) ADD COLUMN note text") }
            }
            #expect(try await pool.query(all).isEmpty)
            try await pool.write { _ = try $0.query(all) }
        }
    }
}
#endif
