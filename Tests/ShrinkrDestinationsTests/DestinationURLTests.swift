import ShrinkrDestinations
import Testing

@Suite struct DestinationURLTests {
    @Test(arguments: DestinationURLCases.all)
    func normalises(input: String, expected: String) throws {
        let url = try DestinationURL.parse(input)
        #expect(url.string == expected)
        #expect(url.description == expected)
    }

    @Test(arguments: DestinationURLCases.all)
    func keepsWhatIsNormalised(input: String, expected: String) throws {
        let url = try DestinationURL.parse(input)
        #expect(try DestinationURL.parse(expected) == url)
    }

    @Test(arguments: DestinationErrorCases.all)
    func refuses(input: String, expected: DestinationError) {
        #expect(throws: expected) {
            try DestinationURL.parse(input)
        }
    }

    @Test func namesItsParts() throws {
        let url = try DestinationURL.parse("HTTPS://Example.com:8443/a/../b?c=d#e")
        #expect(url.scheme == .https)
        #expect(url.host == .domain("example.com"))
        #expect(url.port == 8443)
        #expect(url.effectivePort == 8443)
        #expect(url.path == "/b")
        #expect(url.query == "c=d")
    }

    @Test func leavesOutWhatIsNotThere() throws {
        let url = try DestinationURL.parse("https://example.com:443#?")
        #expect(url.port == nil)
        #expect(url.effectivePort == 443)
        #expect(url.path == "/")
        #expect(url.query == nil)
    }

    @Test func tellsTheKindsOfHostApart() throws {
        func host(_ text: String) throws -> DestinationHost {
            try DestinationURL.parse("http://\(text)/").host
        }
        #expect(try host("0x7F.1") == .ipv4(0x7F00_0001))
        #expect(try host("[2001:db8::1]") == .ipv6(0x2001_0DB8 << 96 | 1))
        #expect(try host("MÜNCHEN.example") == .domain("xn--mnchen-3ya.example"))
    }
}

@Suite struct DestinationLengthTests {
    /// `http://a/` and so many more bytes.
    private func text(length: Int, filler: String = "x") -> String {
        "http://a/" + String(repeating: filler, count: length - 9)
    }

    @Test func acceptsTheLongest() throws {
        let text = text(length: DestinationURL.maximumLength)
        #expect(try DestinationURL.parse(text).string == text)
    }

    @Test func refusesOneByteMore() {
        expectTooLong(text(length: DestinationURL.maximumLength + 1))
        expectTooLong(text(length: DestinationURL.maximumLength) + " ")
    }

    @Test func refusesWhatGrowsTooLong() {
        let grown = text(length: DestinationURL.maximumLength / 3 + 10, filler: "\"")
        expectTooLong(grown)
    }

    private func expectTooLong(_ text: String) {
        #expect(throws: DestinationError.tooLong) {
            try DestinationURL.parse(text)
        }
    }

    @Test(
        arguments: [
            (String(repeating: "../", count: 2700), "http://a/"),
            (String(repeating: "a/", count: 2000) + String(repeating: "../", count: 1360), nil),
            (String(repeating: "\\", count: 8000), nil),
            (String(repeating: "%2e/", count: 2000), "http://a/"),
            ("#" + String(repeating: "?", count: 8000), nil),
        ] as [(String, String?)])
    func readsHostileInputToItsEnd(path: String, expected: String?) throws {
        let url = try DestinationURL.parse("http://a/" + path)
        #expect(expected == nil || url.string == expected)
        #expect(try DestinationURL.parse(url.string) == url)
    }

    @Test(arguments: [
        String(repeating: "1.", count: 4000), String(repeating: "9", count: 8000),
        "[" + String(repeating: ":", count: 8000),
        "[" + String(repeating: "1.", count: 4000) + "]", String(repeating: "[", count: 8000),
    ])
    func refusesHostileHosts(host: String) {
        #expect(throws: DestinationError.hostInvalid) {
            try DestinationURL.parse("http://" + host)
        }
    }
}

@Suite struct DestinationErrorTests {
    @Test func codesAreStable() {
        #expect(
            DestinationError.allCases.map(\.code) == [
                "not_absolute", "scheme_not_allowed", "host_missing", "host_invalid", "port_invalid",
                "user_info_not_allowed", "control_character", "too_long", "private_address", "own_host",
                "denied_domain",
            ])
    }

    @Test(arguments: DestinationError.allCases)
    func isOneSentence(error: DestinationError) {
        #expect(error.description.hasPrefix("The "))
        #expect(!error.description.hasSuffix("."))
    }
}
