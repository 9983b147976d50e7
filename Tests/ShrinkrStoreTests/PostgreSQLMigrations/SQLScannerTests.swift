#if PostgreSQL
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("The scanner of SQL", .timeLimit(.minutes(10))) struct SQLScannerTests {
    /// Tokens as words: names in quotes keep these, literals are `?`.
    private func shown(_ text: String) throws -> String {
        try SQLScanner.tokens(of: Array(text.utf8)).map { token in
            switch token.kind {
            case .word(let word): word
            case .quoted(let name): "\"\(name)\""
            case .literal: "?"
            case .sign(let byte): String(UnicodeScalar(byte))
            }
        }.joined(separator: " ")
    }

    @Test(
        "finds the words, whatever is between them",
        arguments: [
            ("DROP TABLE links", "drop table links"),
            ("dRoP\n\ttable/**/LINKS", "drop table links"),
            ("drop--table x\ntable links", "drop table links"),
            ("drop--table x\rtable links", "drop table links"),
            ("drop/* /* table */ x */table links", "drop table links"),
            ("drop table \"Links\"", "drop table \"Links\""),
            ("drop table \"a\"\"b\"", "drop table \"a\"b\""),
            ("drop table public . links;", "drop table public . links ;"),
            ("a$b$c", "a$b$c"),
            ("tägliche_LINKS", "tägliche_links"),
            ("x::text", "x : : text"),
            ("a-- b", "a"), ("a /* b */", "a"), ("", ""), ("  \n", ""),
        ])
    func words(text: String, words: String) throws {
        #expect(try shown(text) == words)
    }

    @Test(
        "takes no literal for words",
        arguments: [
            ("select 'drop table links'", "select ?"),
            ("select 'it''s; drop' x", "select ? x"),
            ("select 'a\\' drop", "select ? drop"),
            ("select E'a\\' drop '", "select ?"),
            ("select e'a\\\\' drop", "select ? drop"),
            ("select E'a'\n  'b\\' drop ' x", "select ? x"),
            ("select E'a' -- c\n 'b' x", "select ? ? x"),
            ("select E'a'\n-- c\n 'b\\' drop ' x", "select ? x"),
            ("select 'a' 'b' x", "select ? ? x"),
            ("select B'01' X'ff' n'x'", "select ? ? ?"),
            ("do $$ drop table links; $$ x", "do ? x"),
            ("do $a$ $$ $b$ drop $a$ x", "do ? x"),
            ("do $a$ $A$ $a$ x", "do ? x"),
            ("select $1, $12x", "select ? , ? x"),
            ("select 1, 1.5, .5, 1e3, 1.5E-3, 0xFF, 1_000", "select ? , ? , . ? , ? , ? , ? , ?"),
            ("select '/*' drop '*/'", "select ? drop ?"),
            ("select \"--\" drop", "select \"--\" drop"),
        ])
    func literals(text: String, words: String) throws {
        #expect(try shown(text) == words)
    }

    @Test(
        "refuses what does not end, and what hides its meaning",
        arguments: [
            ("a\nselect 'x", 2, "a string does not end"),
            ("select E'x\\'", 1, "a string does not end"),
            ("/* /* */ drop", 1, "a comment does not end"),
            ("\n\n\"links", 3, "a name in quotes does not end"),
            ("do $a$ drop $b$", 1, "a string in dollar quotes does not end"),
            ("drop table U&\"\\006Cinks\"", 1, "U& hides what is written; write it plainly"),
            ("select u&'x'", 1, "U& hides what is written; write it plainly"),
            ("select 1drop", 1, "a number runs into a word"),
            ("select 0x1g", 1, "a number runs into a word"),
        ])
    func refused(text: String, line: Int, problem: String) {
        #expect(throws: SQLTextError(line: line, problem: problem)) { try SQLScanner.tokens(of: Array(text.utf8)) }
    }

    @Test("splits a text into statements where they end")
    func statements() throws {
        let text = "-- a; b\nselect ';';\n;\n do $$ a; $$ ; /* ; */ drop table \";\" -- end;\n"
        let statements = try SQLStatement.all(in: Array(text.utf8))
        #expect(statements.map(\.text) == ["select ';'", "do $$ a; $$", "drop table \";\""])
        #expect(statements.map(\.line) == [2, 4, 4])
    }

    @Test(
        "finds the index that a statement makes beside others",
        arguments: [
            ("create index concurrently a on t (x)", "a"),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS public.\"A b\" ON t (x)", "public.\"A b\""),
            ("create index concurrently /* x */ a /* y */ on t (x)", "a"),
            ("create index concurrently on t (x)", nil), ("create index a on t (x)", nil),
            ("drop index concurrently a", nil),
        ])
    func concurrentIndex(text: String, name: String?) throws {
        #expect(try SQLStatement.all(in: Array(text.utf8)).first?.concurrentIndex == name)
    }
}
#endif
