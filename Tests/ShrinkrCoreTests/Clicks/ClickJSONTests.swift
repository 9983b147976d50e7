import CoreTestSupport
import FoundationEssentials
import ShrinkrBase
import ShrinkrCore
import TestSupport
import Testing

/// The members of a click, read by another implementation of JSON.
private struct ClickMembers: Decodable, Equatable {
    var t: Int64
    var code: String
    var method: String
    var ip: String?
    var visitor: String?
    var ua: String?
    var referrer: String?
    var lang: String?
    var country: String?
    var prefetch: Bool?

    init(_ click: Click) throws {
        self = try JSONDecoder().decode(ClickMembers.self, from: Data(click.json))
    }
}

@Suite("A click's JSON") struct ClickJSONTests {
    @Test("has the members of the wire format")
    func golden() throws {
        #expect(
            String(decoding: try Click.full().json, as: UTF8.self) == """
                {"t":1795378500123,"code":"Ab-1_z","method":"GET","ip":"203.0.113.0","visitor":"0123456789abcdef",\
                "ua":"Mozilla/5.0 (X11; Linux x86_64)","referrer":"https://news.example/a/b","lang":"de-CH",\
                "country":"CH","prefetch":true,"confirmed":true}
                """)
        #expect(
            String(decoding: try Click.bare().json, as: UTF8.self) == #"{"t":1795378500000,"code":"a","method":"HEAD"}"#
        )
    }

    @Test("is appended")
    func appending() throws {
        var bytes = Array("before".utf8)
        try Click.bare().appendJSON(to: &bytes)
        #expect(bytes == Array("before".utf8) + (try Click.bare().json))
    }

    @Test(
        "says any text, but for what says nothing",
        arguments: [
            ("", ""), ("plain", "plain"), (#"""#, #"""#), (#"\"#, #"\"#), (#"\u0000"#, #"\u0000"#),
            (#"","t":1,""#, #"","t":1,""#),
            ("a\u{0}b", "a b"), ("\n\r\t", "   "), ("\u{1F}\u{20}\u{7E}\u{7F}\u{80}", "\u{20}\u{20}\u{7E}\u{20}\u{80}"),
            ("\u{FFFD}\u{FFFE}\u{FFFF}", "\u{FFFD}  "), ("\u{1FFFE}", "\u{1FFFE}"),
            ("\u{2028}\u{2029}\u{85}", "\u{2028}\u{2029}\u{85}"),
            ("é", "é"), ("e\u{301}", "e\u{301}"), ("🏳️‍🌈👩🏽‍🚀", "🏳️‍🌈👩🏽‍🚀"), ("</script>", "</script>"),
            ("\u{202E}\u{FEFF}", "\u{202E}\u{FEFF}"),
            ("\u{D7FF}\u{E000}\u{10FFFF}", "\u{D7FF}\u{E000}\u{10FFFF}"), ("\r\n", "  "),
        ])
    func hostileText(text: String, expected: String) throws {
        var click = try Click.bare()
        (click.userAgent, click.referrer, click.language) = (text, text, text)
        let members = try ClickMembers(click)
        for value in [members.ua, members.referrer, members.lang] {
            // Compared scalar by scalar: Swift takes canonically equal texts for equal.
            #expect(value.map { Array($0.unicodeScalars) } == Array(expected.unicodeScalars))
        }
    }

    @Test(
        "is cut between scalars, at the limit",
        arguments: [
            (String(repeating: "a", count: 399) + "b", 400), (String(repeating: "a", count: 400) + "b", 400),
            (String(repeating: "é", count: 201), 400), ("a" + String(repeating: "é", count: 200), 399),
            (String(repeating: "🙂", count: 101), 400), ("a" + String(repeating: "🙂", count: 100), 397),
            ("ab" + String(repeating: "🙂", count: 100), 398), (String(repeating: "€", count: 200), 399),
            (String(repeating: "\u{FFFE}", count: 200), 133), (String(repeating: "\"", count: 401), 400),
            (String(repeating: "\u{1}", count: 401), 400), (String(repeating: "a", count: 100_000), 400),
        ])
    func cutting(text: String, bytes: Int) throws {
        var click = try Click.bare()
        click.userAgent = text
        let value = try #require(try ClickMembers(click).ua)
        #expect(value.utf8.count == bytes)
        let cleaned = text.unicodeScalars.map { ["\u{1}", "\u{FFFE}"].contains($0) ? " " : $0 }
        #expect(cleaned.starts(with: value.unicodeScalars))
    }

    @Test("has limits for every text", arguments: ["\"", "\\", "a", "é", "🙂"])
    func limits(piece: String) throws {
        var click = try Click.full()
        let text = String(repeating: piece, count: 1_000)
        (click.userAgent, click.referrer, click.language, click.country) = (text, text, text, text)
        let members = try ClickMembers(click)
        let width = piece.utf8.count
        #expect(members.ua?.utf8.count == ClickLimits.userAgentBytes / width * width)
        #expect(members.referrer?.utf8.count == ClickLimits.referrerBytes / width * width)
        #expect(members.lang?.utf8.count == ClickLimits.languageBytes / width * width)
        #expect(members.country?.utf8.count == 2 / width * width)
    }

    @Test("takes less than 2 KiB at the worst", arguments: ["\"", "\\", "\u{0}", "🙂", "\u{10FFFF}"])
    func worstCase(piece: String) throws {
        let text = String(repeating: piece, count: 1_000)
        let click = Click(
            time: Timestamp(milliseconds: .min), code: try #require(ShortCode(String(repeating: "x", count: 64))),
            method: .head, address: IPAddress(bytes: Array(repeating: 0xFE, count: 16)),
            visitor: VisitorHash(bits: .max),
            userAgent: text, referrer: text, language: text, country: text, isPrefetch: true)
        #expect(click.json.count < 2_048)
        #expect(try ClickMembers(click).t == .min)
    }

    @Test("is JSON without control characters, whatever the texts", arguments: [1, 2, 3, 4] as [UInt64])
    func randomText(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let ranges: [ClosedRange<UInt32>] = [0...0x7F, 0x80...0x7FF, 0xFFF0...0xFFFF, 0x1_F600...0x1_F64F]
        for _ in 0..<100 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...600, using: &generator) {
                let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { scalars.append(scalar) }
            }
            var click = try Click.bare()
            click.userAgent = String(scalars)
            let json = click.json
            try #require(json.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            let value = try #require(try ClickMembers(click).ua)
            try #require(value.utf8.count <= ClickLimits.userAgentBytes)
            try #require(String(validating: json, as: UTF8.self) != nil)
            let cleaned = scalars.map { $0.value < 0x20 || [0x7F, 0xFFFE, 0xFFFF].contains($0.value) ? " " : $0 }
            try #require(cleaned.starts(with: value.unicodeScalars))
        }
    }
}
