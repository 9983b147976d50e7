import ShrinkrDestinations

/// Texts that are no destinations, by the reason that is reported.
enum DestinationErrorCases {
    static let all: [(input: String, expected: DestinationError)] =
        notAbsolute.map { ($0, .notAbsolute) }
        + schemeNotAllowed.map { ($0, .schemeNotAllowed) }
        + hostMissing.map { ($0, .hostMissing) }
        + hostInvalid.map { ($0, .hostInvalid) }
        + portInvalid.map { ($0, .portInvalid) }
        + userInfoNotAllowed.map { ($0, .userInfoNotAllowed) }
        + controlCharacter.map { ($0, .controlCharacter) }

    private static let notAbsolute = [
        "", "   ", "/path", "//example.com/", "example.com", "example.com/a:b", "?x", "#x", ":", "://a",
        "1http://a", "ht tp://a", "http", "http//a", "ｈttp://a",
    ]

    private static let schemeNotAllowed = [
        "ftp://a/", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "file:///etc/passwd",
        "localhost:8080", "example.com:80/a", "httpx://a", "ws://a", "view-source:http://a",
    ]

    private static let hostMissing = [
        "http:", "http://", "http:///", "http:\\\\", "http://?x", "http://#x", "http://:80", "http://:",
        "https:/",
    ]

    private static let hostInvalid = [
        "http://a b/", "http://a%20b", "http://a%2fb", "http://a%00b", "http://a%", "http://a%zz",
        "http://a%25", "http://a<b", "http://a>b", "http://a|b", "http://a^b", "http://a]b", "http://a[b",
        "http://a%3Ab", "http://a%23", "http://a%3fb", "http://%ff.example", "http://%C3.example",
        "http://\u{AD}", "http://℀.example", "http://％41.example", "http://a\u{3000}b",
        "http://1.2.3.256", "http://1.2.3.4.5", "http://256.1.1.1", "http://4294967296", "http://0x100000000",
        "http://040000000000", "http://99999999999999999999999999", "http://1.16777216", "http://1.2.65536",
        "http://09", "http://a.09", "http://a.1", "http://a.0x1", "http://1..2", "http://.1", "http://[",
        "http://[]", "http://[:]", "http://[:1]", "http://[1:]", "http://[:::]", "http://[1::2::3]",
        "http://[1:2:3:4:5:6:7]", "http://[1:2:3:4:5:6:7:8:9]", "http://[1:2:3:4:5:6:7:8::]",
        "http://[::1:2:3:4:5:6:7:8]", "http://[12345::]", "http://[g::]", "http://[::1", "http://[::1]a",
        "http://a[::1]", "http://[::%31]", "http://[fe80::1%25eth0]", "http://[::1.2.3]",
        "http://[::1.2.3.4.5]", "http://[::256.2.3.4]", "http://[::01.2.3.4]", "http://[::1.2.3.4:5]",
        "http://[1:2:3:4:5:6:7:1.2.3.4]", "http://[::2:3:4:5:6:7:1.2.3.4]", "http://[1:2:3:4:5:6:7:8:]",
        "http://[1::2:]", "http://[::.2.3.4]", "http://[::1.2.3.]", "http://[1.2.3.4]", "http://[ ::1]",
    ]

    private static let portInvalid = [
        "http://a:65536", "http://a:99999999999999999999", "http://a:8a", "http://a:-1", "http://a:+1",
        "http://a:80:80", "http://a: 80", "http://a:８", "http://[::1]:x", "http://a:0000065536", "http://a:0",
        "https://a:000/",
    ]

    private static let userInfoNotAllowed = [
        "http://user@example.com/", "http://user:password@example.com/", "http://@a", "http://:@a",
        "http://a@b@c", "http://user@", "http:user@a", "http:\\\\user@a", "http://user@[::1]:80/",
    ]

    private static let controlCharacter = [
        "\u{0}http://a", "http://a\u{A}", "\u{9}http://a", "http://a/\u{9}", "ht\u{A}tp://a",
        "http://a\u{1F}b/", "http://a/\u{7F}", "http://a/\u{D}\u{A}X: y", "http://a/?\u{1}", "http://a/#\u{1B}",
    ]
}
