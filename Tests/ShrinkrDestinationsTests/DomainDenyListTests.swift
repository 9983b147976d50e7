import ShrinkrDestinations
import Testing

@Suite struct DomainDenyListTests {
    private func list(_ text: String, limit: Int = DomainDenyList.maximumEntries) throws -> DomainDenyList {
        try DomainDenyList(parsing: text.utf8, maximumEntries: limit)
    }

    @Test func readsOneDomainPerLine() throws {
        let list = try list(
            "\u{FEFF}# bad ones\r\n\r\n Spam.Example. \r\n\tevil.example # worst\n\nspam.example\nmünchen.example")
        #expect(list.count == 3)
        #expect(list.contains(.domain("spam.example")))
        #expect(list.contains(.domain("a.evil.example.")))
        #expect(list.contains(.domain("www.xn--mnchen-3ya.example")))
        #expect(!list.contains(.domain("münchen.example")))
    }

    @Test func emptyListDeniesNothing() throws {
        #expect(try list("\n# nothing\n").count == 0)
        #expect(!DomainDenyList().contains(.domain("example.com")))
        #expect(try list("") == DomainDenyList())
    }

    @Test func deniesWhatLiesUnderADomain() throws {
        let list = try list("b.example\nzip")
        for name in ["b.example", "a.b.example", "x.y.b.example", "zip", "file.zip"] {
            #expect(list.contains(.domain(name)), "\(name)")
        }
        for name in ["example", "ab.example", "b.example.com", "zipp", "zip.example", "a.example"] {
            #expect(!list.contains(.domain(name)), "\(name)")
        }
    }

    @Test func deniesAddresses() throws {
        let list = try list("192.0.2.1\n[2001:db8::1]")
        #expect(list.contains(.ipv4(0xC000_0201)))
        #expect(!list.contains(.ipv4(0xC000_0202)))
        #expect(list.contains(.ipv6(0x2001_0DB8 << 96 | 1)))
        #expect(!list.contains(.ipv6(1)))
    }

    @Test func deniesNetworks() throws {
        let list = try list("203.0.113.0/24\n2001:db8::/32\n[3fff:0:1::]/48\n8.8.8.8/31\n::ffff:9.9.0.0/112")
        #expect(list.count == 5)
        for address in [
            "203.0.113.0", "203.0.113.255", "[2001:db8:ffff::1]", "[3fff:0:1:2::3]", "8.8.8.9", "9.9.255.1",
        ] {
            #expect(list.contains(try DestinationURL.parse("http://\(address)/").host), "\(address)")
        }
        for address in ["203.0.112.255", "203.0.114.0", "[2001:db9::1]", "[3fff:0:2::]", "8.8.8.10", "9.8.0.1"] {
            #expect(!list.contains(try DestinationURL.parse("http://\(address)/").host), "\(address)")
        }
    }

    /// The same entry, however it is written.
    @Test(arguments: [
        [
            "203.0.113.7", "0xcb007107", "3405803783", "203.0.28935", "0313.0.0161.7", "２０３.0.113.7", "203.0.113.7.",
            "[::ffff:203.0.113.7]", "::ffff:203.0.113.7", "::FFFF:CB00:7107", "64:ff9b::203.0.113.7",
            "[2002:cb00:7107::]",
            "203.0.113.7/32", "::ffff:203.0.113.7/128", "203%2e0.113.7",
        ],
        [
            "2001:db8::7", "[2001:db8::7]", "2001:DB8:0:0:0:0:0:7", "[2001:db8::0.0.0.7]", "2001:db8::7/128",
            "[2001:db8::7]/128",
        ],
        [
            "bücher.example", "BÜCHER.Example.", "xn--bcher-kva.example", "XN--BCHER-KVA.EXAMPLE",
            "bu\u{308}cher.example",
            "b%C3%BCcher.example", "bücher。example", "ｂücher.example",
        ],
    ])
    func entriesAreReadInEverySpelling(spellings: [String]) throws {
        for spelling in spellings { #expect(try list(spelling) == list(spellings[0]), "\(spelling)") }
        #expect(try list(spellings.joined(separator: "\n")).count == 1)
    }

    /// Bytes that are no UTF-8 are the line's fault, and nobody's in a comment.
    @Test func isReadAsBytes() throws {
        #expect(try DomainDenyList(parsing: Array("a.example # ".utf8) + [0xFF, 0xFE]).count == 1)
        #expect(throws: DomainDenyListError(line: 2, reason: .invalidDomain)) {
            try DomainDenyList(parsing: Array("a.example\nb".utf8) + [0xFF] + Array(".example".utf8))
        }
    }

    @Test(
        arguments: [
            "two names", "http://a.example", "a.example/x", "a.example:80", "*", "*.", "*.*.example", "a.*.example",
            "*example", ".example", "a..example", ".",
            "1.2.3.999", "xn--ü.example", "user@a.example", "a%20b", "a~b.example",
            String(repeating: "a", count: 254), "203.0.113.0/33", "2001:db8::/129", "203.0.113/24", "/24",
            "example.com/24", "2001:db8::1%eth0", "[2001:db8::1", "[203.0.113.0]/24", "203.0.113.0/-1",
            "::ffff:1.2.3.0/24",
        ])
    func namesTheLineItCannotRead(line: String) {
        #expect(throws: DomainDenyListError(line: 3, reason: .invalidDomain)) {
            try list("# first\nok.example\n\(line)\nalso wrong")
        }
    }

    @Test func starBeforeADomainIsTheDomain() throws {
        #expect(try list("*.b.example\n*.zip") == list("b.example\nzip"))
        #expect(try list("*.bücher.example").contains(.domain("a.xn--bcher-kva.example")))
    }

    @Test func whatCanBeReadIsAddedBesideWhatCannot() throws {
        var list = try list("old.example")
        let error = list.add(parsing: "a.example\ntwo words\nb.example\nhttp://x".utf8)
        #expect(error == DomainDenyListError(line: 2, reason: .invalidDomain))
        #expect(try list == self.list("old.example\na.example\nb.example"))
        let none = list.add(parsing: "c.example".utf8)
        #expect(none == nil && list.count == 4)
    }

    @Test func hasALimit() throws {
        #expect(try list("a\nb\na\nb", limit: 2).count == 2)
        #expect(throws: DomainDenyListError(line: 4, reason: .tooManyEntries(limit: 2))) {
            try list("a\nb\na\nc\nd", limit: 2)
        }
    }

    @Test func looksAtTheEndOfLongNamesOnly() throws {
        let longest = "a." + String(repeating: "b", count: 251)
        let list = try list(longest + "\nbb")
        #expect(list.contains(.domain(longest)))
        #expect(list.contains(.domain("x." + longest)))
        #expect(list.contains(.domain(String(repeating: "x.", count: 4000) + "bb")))
        #expect(!list.contains(.domain("x" + longest)))
        #expect(!list.contains(.domain(String(repeating: "b", count: 300))))
    }

    @Test func errorsNameTheLine() {
        let errors = [
            DomainDenyListError(line: 7, reason: .invalidDomain),
            DomainDenyListError(line: 7, reason: .tooManyEntries(limit: 5)),
        ]
        #expect(errors.allSatisfy { $0.description.hasPrefix("Line 7 ") })
        #expect(errors[1].description.contains("limit of 5 "))
    }
}
