import ArgumentParser
import Glibc
import ShrinkrBase
import ShrinkrClient
import Testing

@Suite("Commands of the client") struct CommandTests {
    @Test(
        "take a code or a short URL",
        arguments: [
            ("k3x9bqz", "k3x9bqz"), ("https://sho.rt/a-b_C", "a-b_C"), ("http://[::1]:8000/x?utm=1#a", "x"),
            (String(repeating: "a", count: 64), String(repeating: "a", count: 64)),
        ])
    func code(_ argument: String, _ code: String) {
        #expect(CodeArgument(argument: argument)?.code == code)
    }

    @Test(
        "take nothing else for a code",
        arguments: ["", "a/b", "a b", "ä", "https://sho.rt/", "../keys", "a?b", String(repeating: "a", count: 65)])
    func noCode(_ argument: String) {
        #expect(CodeArgument(argument: argument) == nil)
    }

    @Test(
        "refuse what contradicts itself",
        arguments: [
            "create --code a http://a http://b", "create --code a -", "create http://a --expires-in soon",
            "create http://a --expires-in 1d --expires-at 2027-01-01T00:00:00Z", "list --limit 0", "stats --top 0",
            "stats --top 101", "edit a", "edit a --enable --disable", "edit a --tag b --add-tag c",
            "edit a --title b --clear title", "edit a --add-tag b --clear tags", "edit a --clear url",
            "list --order fastest", "show", "show a/b", "delete", "login",
        ])
    func contradictions(_ line: String) {
        let words = line.split(separator: " ").map { String($0) }
        #expect(throws: (any Error).self) { try Root.parseAsRoot(words) }
    }

    @Test("take times before now, which begin with a hyphen")
    func hyphens() throws {
        let command = try Root.parseAsRoot(["stats", "a", "--from", "-7d", "--to", "-1d"])
        let stats = try #require(command as? StatsCommand)
        #expect(stats.from == "-7d" && stats.to == "-1d")
    }

    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "shrinkr", subcommands: ClientCommands.all)
    }

    @Test("have help that says how they end")
    func help() {
        for command in ClientCommands.all where command != LogoutCommand.self {
            let words = Root.helpMessage(for: command, columns: 100).split { $0 == " " || $0 == "\n" }.joined(
                separator: " ")
            #expect(words.contains("Exits with 0 when all is done; 1 when the server"), "\(command)")
        }
    }

    @Test("have completions for every shell", arguments: CompletionShell.allCases)
    func completions(_ shell: CompletionShell) {
        let script = Root.completionScript(for: shell)
        #expect(script.contains("restore") && script.contains("expires-in"))
    }
}

@Suite("Lines that are read") struct LineReaderTests {
    private func lines(_ text: [UInt8], at once: Int = 2) throws -> [LineReader.Line] {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        // Short enough for the pipe's own buffer.
        #expect(write(ends[1], text, text.count) == text.count)
        close(ends[1])
        var reader = LineReader(ends[0])
        var all: [LineReader.Line] = []
        while case let some = try reader.next(once), !some.isEmpty { all += some }
        return all
    }

    @Test("have numbers, and no blanks around")
    func numbers() throws {
        let all = try lines(Array("a\r\n\n  b \n\t\nc".utf8))
        #expect(all.map(\.number) == [1, 3, 5])
        #expect(all.map(\.text) == ["a", "b", "c"])
    }

    @Test("are none in an empty file, nor in one of blank lines", arguments: ["", "\n\n \n"])
    func none(_ text: String) throws {
        #expect(try lines(Array(text.utf8)).isEmpty)
    }

    @Test("have a bound")
    func bound() throws {
        #expect(try lines([UInt8](repeating: 0x61, count: 16 << 10)).count == 1)
        #expect(throws: LineReader.Failure.self) { try lines([UInt8](repeating: 0x61, count: (16 << 10) + 1)) }
        let text = Array("a\n".utf8) + [UInt8](repeating: 0x61, count: 17 << 10)
        #expect { try lines(text) } throws: { "\($0)".contains("line 2") }
    }
}

@Suite("Links for people") struct LinkDocumentTests {
    private let now = Timestamp(rfc3339: "2027-01-01T00:00:00Z") ?? Timestamp(seconds: 0)

    @Test(
        "say whether they can be followed",
        arguments: [
            ([:], "on"), (["enabled": false], "off"), (["expires_at": "2026-12-31T00:00:00Z"], "expired"),
            (["expires_at": "2027-01-02T00:00:00Z"], "on"), (["starts_at": "2027-01-02T00:00:00Z"], "waiting"),
            (["visits_left": 0], "used up"), (["visits_left": 1], "on"),
            (["deleted_at": "2026-12-31T00:00:00Z"], "deleted"),
            (["expires_at": "nonsense"], "on"), ([], "on"),
        ] as [(JSONValue, String)])
    func state(_ document: JSONValue, _ state: String) {
        #expect(LinkDocument(document).state(at: now) == state)
    }

    @Test("show what a key may see of them")
    func place() {
        let link = LinkDocument(["code": "a", "short_url": "https://sho.rt/a"])
        #expect(link.shortURL == "https://sho.rt/a" && link.tags.isEmpty)
    }
}

@Suite("Statistics for people") struct StatsDocumentTests {
    private let stats = StatsDocument([
        "code": "a\u{1B}", "from": "2027-01-01T00:00:00Z", "to": "2027-01-02T10:15:00Z", "tz": "UTC",
        "totals": ["clicks": 5, "people": 3, "bots": 2, "visitors": 2, "visitors_exact": false],
        "series": [
            ["t": "2027-01-01T00:00:00Z", "people": 3, "bots": 0],
            ["t": "2027-01-02T00:00:00Z", "people": 0, "bots": 2],
        ],
        "groups": [
            ["value": "news.example\u{9B}2J", "people": 3, "bots": 0], ["value": "(direct)", "people": 0, "bots": 2],
        ],
        "as_of": "2027-01-02T10:10:00Z", "complete": false,
    ])

    @Test("have totals, a chart and what is missing")
    func lines() {
        let lines = stats.lines(interval: "day", Screen(width: 80))
        #expect(lines[0] == #"a\u001b  2027-01-01 to 2027-01-02 10:15 (UTC)"#)
        #expect(lines[1] == "3 people, 2 bots, about 2 visitors")
        #expect(lines.contains("Counted up to 2027-01-02T10:10:00Z; later clicks may be missing."))
        #expect(lines.contains { $0.contains("█ people  ░ bots  a column is one day") })
        #expect(lines.allSatisfy { line in !line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x9B } })
    }

    @Test("have breakdowns as bars, cut to the number that is asked for")
    func breakdown() {
        let lines = stats.breakdown(title: "referrer", top: 1, Screen(width: 80))
        #expect(lines.count == 3 && lines[1].hasPrefix("REFERRER"))
        #expect(lines[2].hasPrefix(#"news.example\u009b2J"#) && lines[2].hasSuffix(String(repeating: "█", count: 24)))
        #expect(StatsDocument(["groups": []]).breakdown(title: "os", top: 5, Screen()).isEmpty)
    }

    @Test("say so where there are none")
    func none() {
        #expect(StatsDocument([:]).lines(interval: "day", Screen()).contains("No clicks in this time."))
    }
}

@Suite("What went wrong") struct ProblemDocumentTests {
    @Test(
        "is told by the values that are wrong, else in the server's sentence",
        arguments: [
            (["detail": "It is gone."], "It is gone"), ([:], nil), (["detail": "a", "errors": []], "a"),
            (
                [
                    "detail": "2 values are not accepted; see 'errors'.",
                    "errors": [
                        ["pointer": "/url", "code": "invalid", "detail": "It is no URL."],
                        ["parameter": "from", "code": "invalid", "detail": "It is no time."],
                        ["pointer": "", "code": "invalid", "detail": "It is no object."], ["code": "x"],
                    ],
                ], "url: It is no URL. from: It is no time. It is no object"
            ),
        ] as [(JSONValue, String?)])
    func sentence(_ document: JSONValue, _ sentence: String?) {
        #expect(ProblemDocument(document).sentence == sentence)
    }

    @Test("is bounded")
    func bound() {
        let text = String(repeating: "ä", count: 10_000)
        #expect(ProblemDocument(["detail": .string(text)]).sentence?.utf8.count == 600)
    }
}
