import ShrinkrCore
import Testing

@Suite struct DomainDenyListTests {
    private func list(_ text: String, limit: Int = DomainDenyList.maximumEntries) throws -> DomainDenyList {
        try DomainDenyList(parsing: text, maximumEntries: limit)
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

    @Test(arguments: [
        "two names", "http://a.example", "a.example/x", "a.example:80", "*.example", ".example", "a..example", ".",
        "1.2.3.999", "xn--ü.example", "user@a.example", "a%20b", "a~b.example",
        String(repeating: "a", count: 254),
    ])
    func namesTheLineItCannotRead(line: String) {
        #expect(throws: DomainDenyListError(line: 3, reason: .invalidDomain)) {
            try list("# first\nok.example\n\(line)\nalso wrong")
        }
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
