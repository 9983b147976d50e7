import ShrinkrBase
import ShrinkrClient
import Testing

@Suite("Text on a terminal") struct TerminalTextTests {
    @Test(
        "has nothing that a terminal obeys",
        arguments: [
            ("\u{1B}[31mred\u{7}", #"\u001b[31mred\u0007"#), ("a\nb\tc\r", #"a\u000ab\u0009c\u000d"#),
            // C1 control characters begin sequences as well: U+009B is CSI, U+009D OSC.
            ("\u{9B}31m\u{9D}0;t\u{9C}", #"\u009b31m\u009d0;t\u009c"#), ("\u{7F}", #"\u007f"#),
            // What turns the direction of text, and what is not seen.
            ("evil\u{202E}gpj.exe", #"evil\u202egpj.exe"#), ("\u{2066}a\u{2069}", #"\u2066a\u2069"#),
            ("\u{2028}\u{FEFF}\u{E0041}", #"\u2028\ufeff\udb40\udc41"#),
        ])
    func escaped(_ text: String, _ safe: String) {
        #expect(UntrustedText(TerminalText.safe(text)) == UntrustedText(safe))
    }

    @Test("is what people write", arguments: ["Zürich – Straße 5", "日本語", "👩‍👩‍👧", "می‌خواهم", "100 % \\u001b"])
    func kept(_ text: String) {
        #expect(UntrustedText(TerminalText.safe(text)) == UntrustedText(text))
    }

    @Test("means the same to a program where it is JSON")
    func json() throws {
        let value: JSONValue = ["title": "a\u{9B}b\u{202E}c\u{1B}\u{E0041}\\", "url": "https://example.com/ä"]
        let text = TerminalText.json(value)
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0.value != 0x202E })
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test("has a width", arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("ü", 1), ("", 0)])
    func width(_ text: String, _ cells: Int) {
        #expect(TerminalText.width(text) == cells)
    }

    @Test(
        "is cut between characters",
        arguments: [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("日本語", 5, "日本…"), ("日本語", 6, "日本語")])
    func cut(_ text: String, _ cells: Int, _ expected: String) {
        #expect(UntrustedText(TerminalText.cut(text, to: cells)) == UntrustedText(expected))
    }
}

@Suite("Tables") struct TableTests {
    private static let columns: [Table.Column] = [
        .init("CODE"), .init("CLICKS", isNumeric: true), .init("DESTINATION", mayBeCut: true),
        .init("TITLE", mayBeCut: true),
    ]
    private static let row = ["k3x9bqz", "12", "https://example.com/" + String(repeating: "a", count: 200), "Sale"]

    @Test("fit the terminal", arguments: [40, 80, 120, 400])
    func fits(_ width: Int) {
        var table = Table(Self.columns, screen: Screen(width: width))
        let lines = table.lines([Self.row, ["a", "1234567", "https://example.com/", "日本語のタイトル"]])
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { TerminalText.width($0) <= width }, "\(lines)")
        #expect(lines[1].hasPrefix("k3x9bqz"), "a code is never cut")
    }

    @Test("are whole in a file, without colours")
    func whole() {
        var table = Table(Self.columns, screen: Screen())
        let lines = table.lines([Self.row])
        #expect(lines[1].contains(Self.row[2]))
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test("have colours where they may, and none of the server's")
    func colours() {
        var table = Table(Self.columns, screen: Screen(width: 80, isColoured: true))
        let lines = table.lines([["a", "1", "https://example.com/", "\u{1B}[2Jgone"]])
        #expect(lines[0].hasPrefix("\u{1B}[1m"))
        #expect(lines[1].contains(#"\u001b[2Jgone"#) && !lines[1].contains("\u{1B}"))
    }

    @Test("go on with the columns of the first page")
    func pages() {
        var table = Table(Self.columns, screen: Screen(width: 80))
        let first = table.lines([Self.row])
        let second = table.lines([["k", "3", "https://example.com/", ""]])
        #expect(first.count == 2 && second.count == 1)
        #expect(second[0].hasPrefix("k             3  https"))
    }
}

@Suite("Charts") struct ChartTests {
    typealias Point = ColumnChart.Point

    @Test("show people below, bots above, and nothing where nothing was")
    func columns() {
        let chart = ColumnChart(
            [
                Point(people: 8, bots: 0), Point(people: 0, bots: 0), Point(people: 4, bots: 4),
                Point(people: 0, bots: 1),
            ],
            screen: Screen(width: 80))
        let lines = chart.lines(first: "Monday", last: "Thursday")
        let rows = lines.prefix(ColumnChart.height).map { line in
            // One of the four cells that a column of width five draws.
            let cells = Array(line.unicodeScalars.drop { $0 != "│" }.dropFirst())
            return [0, 5, 10, 15].map { cells[$0] }
        }
        #expect(rows.map { $0[0] } == Array(repeating: "█", count: 8))
        #expect(rows.map { $0[1] } == Array(repeating: " ", count: 8))
        #expect(rows.map { $0[2] } == Array(repeating: "░", count: 4) + Array(repeating: "█", count: 4))
        #expect(rows.map { $0[3] } == Array(repeating: " ", count: 7) + ["░"])
        #expect(lines.first?.hasPrefix(" 8 │") == true && lines.last?.contains("Monday") == true)
    }

    @Test("show one click beside a million")
    func small() {
        let chart = ColumnChart(
            [Point(people: 1_000_000, bots: 0), Point(people: 1, bots: 1)], screen: Screen(width: 40))
        let lines = chart.lines(first: "", last: "")
        #expect(lines[ColumnChart.height - 1].contains("▁"))
        #expect(lines[ColumnChart.height - 2].contains("░") == true)
    }

    @Test("fit, with neighbours added up", arguments: [1, 7, 30, 76, 1_000, 10_000])
    func fits(_ count: Int) {
        let series = (0..<count).map { Point(people: $0, bots: 1) }
        let chart = ColumnChart(series, screen: Screen(width: 80))
        let lines = chart.lines(first: "2027-01-01", last: "2027-12-31")
        #expect(lines.count == ColumnChart.height + 1)
        #expect(lines.allSatisfy { TerminalText.width($0) <= 80 }, "\(lines)")
    }

    @Test("need no more than ASCII")
    func ascii() {
        let chart = ColumnChart([Point(people: 1, bots: 2)], screen: Screen(width: 80, drawsBlocks: false))
        #expect(chart.lines(first: "a", last: "b").joined().utf8.allSatisfy { $0 < 0x80 })
    }

    @Test("do not end the program for numbers that no link has")
    func enormous() {
        let chart = ColumnChart(
            [Point(people: .max, bots: .max), Point(people: -1, bots: 0)], screen: Screen(width: 80))
        #expect(chart.lines(first: "", last: "").count == ColumnChart.height + 1)
    }
}
