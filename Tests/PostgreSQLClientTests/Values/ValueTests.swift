#if PostgreSQL
import Foundation
@testable import PostgreSQLClient
import ShrinkrBase
import Testing

@Suite("PostgreSQL client: values", .enabled(if: TestServer.isThere), .timeLimit(.minutes(10)))
struct ValueTests {
    private func echo(_ value: PostgreSQLValue, as type: String) async throws -> PostgreSQLRow {
        try await TestServer.withPool(connections: 1) { pool in
            let rows = try await pool.query(PostgreSQLStatement("SELECT $1::\(type)"), [value])
            return try #require(rows.first)
        }
    }

    @Test("Integers come back", arguments: [0, 1, -1, 42, Int64.min, Int64.max])
    func integers(_ number: Int64) async throws {
        #expect(try await echo(.int(number), as: "bigint").int(0) == number)
    }

    @Test("Narrow integers, object numbers and transaction numbers are read as integers")
    func otherIntegers() async throws {
        try await TestServer.withPool(connections: 1) { pool in
            let row = try #require(
                try await pool.query("SELECT -2::smallint, -3::integer, 4000000000::oid, '5'::xid8, 1.5::float8").first)
            #expect(try row.int(0) == -2)
            #expect(try row.int(1) == -3)
            #expect(try row.int(2) == 4_000_000_000)
            #expect(try row.int(3) == 5)
            #expect(try row.double(4) == 1.5)
        }
    }

    @Test(
        "Text comes back byte for byte",
        arguments: [
            "", "a", "'; DROP TABLE links; --", "\\", "$1", "\"", "é", "e\u{301}", "\u{1F9D1}\u{200D}\u{1F680}",
            "\u{202E}",
            "{a,b}", "NULL", "\r\n\t\u{1}\u{7F}",
        ])
    func text(_ text: String) async throws {
        let row = try await echo(.text(text), as: "text")
        #expect(Array(try row.text(0).utf8) == Array(text.utf8))
        #expect(try row.bytes(0) == Array(text.utf8))
        #expect(try row.untrustedText(0) == UntrustedText(text))
    }

    @Test("Text of 1 MiB and bytes of every value come back")
    func large() async throws {
        let text = String(repeating: "abcdefgh", count: 131_072)
        #expect(try await echo(.text(text), as: "text").text(0).utf8.elementsEqual(text.utf8))
        let bytes = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await echo(.bytes(bytes), as: "bytea").bytes(0) == bytes)
        #expect(try await echo(.bytes([]), as: "bytea").bytes(0) == [])
    }

    @Test("Booleans and NULL come back")
    func booleans() async throws {
        #expect(try await echo(true, as: "boolean").bool(0))
        #expect(try await echo(false, as: "boolean").bool(0) == false)
        let row = try await echo(nil, as: "bigint")
        #expect(try row.isNull(0))
        #expect(try row.optionalInt(0) == nil)
        #expect(try await echo(nil, as: "text").optionalText(0) == nil)
        #expect(try await echo(nil, as: "bytea").optionalBytes(0) == nil)
        #expect(try await echo(nil, as: "boolean").optionalBool(0) == nil)
    }

    @Test("Lists come back, also empty ones, with NULL, and with what looks like syntax")
    func lists() async throws {
        #expect(try await echo(.ints([]), as: "bigint[]").ints(0) == [])
        #expect(try await echo(.ints([1, nil, -3]), as: "bigint[]").ints(0) == [1, nil, -3])
        #expect(try await echo(.texts([]), as: "text[]").texts(0) == [])
        let texts = ["", nil, "{", "\"", "a,b", "NULL", "é"]
        #expect(try await echo(.texts(texts), as: "text[]").texts(0) == texts)
        #expect(try await echo(.byteArrays([]), as: "bytea[]").byteArrays(0) == [])
        #expect(
            try await echo(.byteArrays([[0, 255], nil, []]), as: "bytea[]").byteArrays(0) == [[0, 255], nil, []])
        try await TestServer.withPool(connections: 1) { pool in
            let rows = try await pool.query(
                "SELECT * FROM unnest($1, $2) WITH ORDINALITY", [.bools([true, false]), .ints([7, nil])])
            #expect(try rows.map { try $0.bool(0) } == [true, false])
            #expect(try rows.map { try $0.optionalInt(1) } == [7, nil])
            #expect(try rows.map { try $0.int(2) } == [1, 2])
        }
    }

    @Test("A value of another type, NULL and a column that is not there are errors")
    func mismatches() async throws {
        let text = try await echo("a", as: "text")
        #expect(throws: PostgreSQLError.self) { try text.int(0) }
        #expect(throws: PostgreSQLError.self) { try text.bool(0) }
        #expect(throws: PostgreSQLError.self) { try text.ints(0) }
        #expect(throws: PostgreSQLError.self) { try text.text(1) }
        #expect(throws: PostgreSQLError.self) { try text.text(-1) }
        let null = try await echo(nil, as: "bigint")
        #expect(throws: PostgreSQLError.self) { try null.int(0) }
        let square = try await TestServer.withPool { try await $0.query("SELECT ARRAY[[1::bigint, 2], [3, 4]]") }
        #expect(throws: PostgreSQLError.self) { try square[0].ints(0) }
    }

    @Test("U+0000 in a text is refused, and the error does not repeat the text")
    func nul() async throws {
        let error = try await PostgreSQLError.thrown { try await echo("geheim\u{0}", as: "text") }
        #expect(error.kind == .refused)
        #expect(!"\(error)".utf8.contains(0))
        #expect(!"\(error)".contains("geheim"))
    }
}
#endif
