import ShrinkrDestinations
import Testing

/// UTS #46 as the URL standard asks for it. The end-to-end tests compare some thousand names more with another
/// implementation.
@Suite struct InternationalDomainTests {
    @Test(
        arguments: [
            // Mapping: case, width, deviations, ignored code points, full stops.
            ("MÜNCHEN.Example", "xn--mnchen-3ya.example"), ("ＭＵＥＮＣＨＥＮ．ｅｘａｍｐｌｅ", "muenchen.example"),
            ("faß.ẞ.ς.Σ", "xn--fa-hia.xn--zca.xn--3xa.xn--4xa"), ("a\u{AD}b\u{200B}c\u{FE0F}.é", "abc.xn--9ca"),
            ("a。b．c｡é", "a.b.c.xn--9ca"), ("\u{FDFA}.é", nil), ("㌖.é", "xn--nckucudvbh5g.xn--9ca"),
            ("½.é", "xn--12-c6t.xn--9ca"), ("\u{10C80}.é", "xn--cc0d.xn--9ca"),
            // Normalisation: composed and decomposed, marks out of order, Hangul.
            ("e\u{301}.com", "xn--9ca.com"), ("\u{1EC7}", "xn--qlg"), ("e\u{302}\u{323}", "xn--qlg"),
            ("e\u{323}\u{302}", "xn--qlg"), ("\u{1107}\u{1161}\u{11A8}", "xn--bh3b"), ("바\u{11A8}", "xn--bh3b"),
            ("=\u{338}", "xn--1ch"), ("A\u{30A}", "xn--5ca"), ("\u{212B}", "xn--5ca"),
            // Hyphens, empty labels and lengths that DNS does not know.
            ("-ü.com", "xn----eha.com"), ("ü-.ab--ü", "xn----dha.xn--ab---3ra"), ("ü..com", "xn--tda..com"),
            ("ü.", "xn--tda."), (".ü", ".xn--tda"), ("日本語.jp", "xn--wgv71a119e.jp"),
            // Symbols and plain labels beside.
            ("☕.example", "xn--53h.example"), ("a_b*.ü", "a_b*.xn--tda"), ("👩\u{FE0F}.ws", "xn--rq8h.ws"),
        ] as [(String, String?)])
    func converts(name: String, expected: String?) {
        expect(name, is: expected)
    }

    @Test(
        arguments: [
            ("XN--Mnchen-3YA.ü", "xn--mnchen-3ya.xn--tda"), ("ｘｎ--tda", "xn--tda"), ("xn--zca.ß", "xn--zca.xn--zca"),
            // Not Punycode, of nothing, of ASCII only, of what is mapped, not composed or begins with `xn--`.
            ("xn--a.ü", nil), ("xn--.ü", nil), ("xn--a-.ü", nil), ("xn--99999999.ü", nil), ("xn--zca=.ü", nil),
            ("xn--tešla", nil), ("xn--ü-.com", nil), ("xn--8i7caa.ü", nil), ("xn--e-xbb.ü", nil),
            ("xn--xn---epa.ü", nil), ("xn--zn7c.ü", nil), ("xn--.é", nil), ("xn--0.ü", nil),
        ] as [(String, String?)])
    func validatesPunycodeBesideUnicode(name: String, expected: String?) {
        expect(name, is: expected)
    }

    @Test(
        arguments: [
            // A mark at the start, private use, unassigned, U+FFFD.
            ("\u{301}a", nil), ("a.\u{301}", nil), ("\u{E000}", nil), ("\u{378}", nil), ("\u{FFFD}.com", nil),
            // Joiners: after a virama, between letters that join, and nowhere else.
            ("\u{915}\u{94D}\u{200D}\u{937}", "xn--11b2ezcw70k"), ("\u{915}\u{94D}\u{200C}\u{937}", "xn--11b2ezcs70k"),
            ("\u{646}\u{627}\u{645}\u{647}\u{200C}\u{627}\u{6CC}", "xn--mgba3gch31f060k"), ("a\u{200D}b", nil),
            ("a\u{200C}b", nil), ("\u{200C}\u{627}", nil), ("\u{627}\u{200C}\u{627}", nil), ("\u{200D}.example", nil),
            // Bidirectional names.
            ("\u{64A}", "xn--mhb"), ("\u{64A}.", "xn--mhb."), ("\u{64A}a", nil), ("a\u{64A}", nil), ("1.\u{64A}", nil),
            ("a.\u{64A}", "a.xn--mhb"), ("\u{64A}.1a", nil), ("\u{64A}1", "xn--1-yoc"), ("\u{64A}1\u{661}", nil),
            ("\u{64A}-", nil), ("\u{64A}-\u{64A}", "xn----yocb"), ("\u{5D0}\u{5B0}", "xn--7cb7d"), ("a-.\u{5D0}", nil),
            ("a.-.\u{5D0}", nil),
        ] as [(String, String?)])
    func checksLabels(name: String, expected: String?) {
        expect(name, is: expected)
    }

    /// Since the answer could not be stored, it is not computed.
    @Test(arguments: ["ü", "㌖", "\u{FDFA}", "\u{1100}", "ü.", "\u{5D0}.", "क\u{94D}\u{200D}", "e\u{302}\u{323}"])
    func readsTheLongestNames(piece: String) {
        let count = (DestinationURL.maximumLength - 8) / piece.utf8.count
        let text = "http://" + String(repeating: piece, count: count)
        #expect(text.utf8.count <= DestinationURL.maximumLength)
        _ = try? DestinationURL.parse(text)
    }

    @Test func encodesLongLabels() throws {
        var generator = Array("abcé日本語ü".unicodeScalars)
        generator += (0x4E00..<0x4E80).compactMap(Unicode.Scalar.init)
        let label = String(String.UnicodeScalarView(generator))
        let url = try DestinationURL.parse("http://\(label)/")
        #expect(try DestinationURL.parse(url.string) == url)
        // A second name makes the first one be decoded and encoded again.
        #expect(try DestinationURL.parse("http://\(url.host).é").string == "http://\(url.host).xn--9ca/")
    }

    /// What is much longer than any name of the DNS is refused before it costs anything.
    @Test(arguments: ["ü", "\u{FDFA}", "\u{301}", "e\u{301}"])
    func endlessNamesAreRefused(piece: String) {
        #expect(throws: DestinationError.self) {
            try DestinationURL.parse("http://a" + String(repeating: piece, count: 1_100) + "/")
        }
    }

    private func expect(_ name: String, is expected: String?) {
        let host = try? DestinationURL.parse("http://\(name)/").host
        #expect(
            host == expected.map(DestinationHost.domain), "\(name.unicodeScalars.map { String($0.value, radix: 16) })")
    }
}
