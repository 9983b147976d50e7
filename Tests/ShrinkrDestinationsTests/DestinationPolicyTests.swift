import ShrinkrDestinations
import Testing

/// The reason for which `policy` refuses `text`.
private func refusal(of text: String, by policy: DestinationPolicy) throws -> DestinationError? {
    let url = try DestinationURL.parse(text)
    do {
        try policy.check(url)
        return nil
    } catch {
        return error
    }
}

private func parse(_ texts: [String]) throws -> [DestinationURL] {
    try texts.map { try DestinationURL.parse($0) }
}

@Suite struct PrivateAddressTests {
    @Test(arguments: [
        "localhost", "LocalHost.", "a.localhost", "ｌocalhost", "l%6Fcalhost", "localhost..", "printer.local", "local",
        "a.b.internal", "internal.", "nas.home.arpa", "home.arpa",
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0",
        "192.0.0.255", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "224.0.0.0",
        "239.255.255.255", "240.0.0.0", "255.255.255.255", "2130706433", "0x7f.1", "017700000001",
        "[::]", "[::1]", "[fc00::]", "[fdff:ffff::1]", "[fe80::]", "[febf:ffff::1]", "[fec0::1]", "[ff00::]",
        "[ff02::1]", "[ffff::]", "[::ffff:127.0.0.1]", "[::ffff:10.1.2.3]", "[::ffff:a9fe:a9fe]", "[::192.168.0.1]",
        "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:c0a8:101:2::3]",
        // The rest of the registries.
        "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.51.100.1", "203.0.113.7", "[100::1]",
        "[100:0:0:1::1]",
        "[2001::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001:2::1]", "[2001:10::1]", "[2001:1::4]",
        "[2001:db8::1]",
        "[3fff::1]", "[3fff:fff:ffff::1]", "[5f00::1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:a00:1]", "[::2]",
        "[2606:4700::5efe:10.0.0.1]", "[2606:4700::200:5efe:7f00:1]",
        // What belongs to nobody.
        "[200::1]", "[1::1]", "[fbff::1]", "[fe00::1]", "[fe7f::1]", "[::1:0:0:1]", "[64:ff9b:2::1]",
        "[64:ff9a::10.0.0.1]",
        "[4000::1]",
        // Names.
        "localhost.localdomain", "localhost6.localdomain6", "x.localdomain", "router.lan", "nas.home", "intranet",
        "wiki.", "api.shop.svc", "web.service.consul", "host.openstacklocal", "pc.workgroup", "x.dhcp", "db.docker",
        "1.0.0.127.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa", "168.63.129.16", "[::ffff:168.63.129.16]",
        "www.corp", "x.mail", "db.private", "www.intranet", "a.test", "a.invalid", "a.alt", "ipv4only.arpa", "ai",
        "a_b",
        "INTRANET", "xn--nxasmq6b", "日本", "router。lan",
        // Names whose DNS is known to answer with what they spell.
        "127.0.0.1.nip.io", "10.0.0.1.nip.io.", "www.192.168.1.1.sslip.io", "10-0-0-1.nip.io", "app-10-0-0-1.sslip.io",
        "0a000001.nip.io", "app-7f000001.nip.io", "--1.sslip.io", "fd00--1.sslip.io", "127.0.0.1.xip.io",
        "10-0-0-1.0123abcd.plex.direct", "localtest.me", "a.b.lvh.me", "foo.ddev.site", "127.0.0.1.anything.example",
        "make-127-0-0-1-rr.1u.ms", "7f000001.c0a80001.rbndr.us",
    ])
    func isRefusedUnlessAllowed(host: String) throws {
        #expect(try refusal(of: "http://\(host)/", by: .init(baseURLs: [])) == .privateAddress)
        #expect(try refusal(of: "http://\(host)/", by: .init(baseURLs: [], allowPrivate: true)) == nil)
    }

    @Test(arguments: [
        "example.com", "localhost.example", "notlocalhost.example", "x.alocal", "local.example", "internal.example",
        "xhome.arpa", "www.home.arpa.example",
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "[2606:4700::1111]", "[2000::1]", "[3fff:1000::1]", "[3ffe::1]", "[::ffff:8.8.8.8]", "[::8.8.8.8]",
        "[64:ff9b::8.8.8.8]", "[::ffff:0:8.8.8.8]", "[2002:808:808::]", "[2003:7f00:1::]", "192.0.0.9", "192.0.0.10",
        "192.0.3.0", "192.88.98.255", "192.88.100.0", "198.51.99.255", "203.0.112.255", "192.31.196.1", "192.175.48.1",
        "[2001:1::1]", "[2001:1::3]", "[2001:3::1]", "[2001:4:112::1]", "[2001:20::1]", "[2001:30::1]", "[2001:200::1]",
        "[2620:4f:8000::1]", "[2606:4700::5efe:8.8.8.8]", "abc.onion", "sub.example", "1.2.3.example", "nip.io",
        "8.8.8.8.nip.io", "www-8-8-8-8.sslip.io", "10-0-0-1.example.com", "0a000001.example.com", "256.0.0.1.example",
        "notlvh.me", "lvh.me.example", "localdomain.example",
    ])
    func publicHostsAreFine(host: String) throws {
        #expect(try refusal(of: "http://\(host)/", by: .init(baseURLs: [])) == nil)
    }
}

@Suite struct OwnHostTests {
    @Test(arguments: [
        "https://go.example", "http://GO.example/x", "https://go.example:443/", "http://go.example.",
        "https://g%6F.example",
        "http://go.example:9000/", "https://xn--mnchen-3ya.example/", "http://MÜNCHEN.example./",
        "http://8.8.8.8/", "http://0x08080808:81/", "http://[::ffff:8.8.8.8]/",
    ])
    func publicHostIsOursOnEveryPort(text: String) throws {
        let own = try parse(["https://go.example", "http://münchen.example:8080/base", "http://8.8.8.8"])
        #expect(try refusal(of: text, by: .init(baseURLs: own)) == .ownHost)
        #expect(try refusal(of: text, by: .init(baseURLs: own, allowPrivate: true)) == .ownHost)
    }

    @Test(arguments: ["https://www.go.example", "https://xgo.example", "https://x.example", "http://8.8.4.4"])
    func otherHostsAreNot(text: String) throws {
        let own = try parse(["https://go.example", "http://8.8.8.8"])
        #expect(try refusal(of: text, by: .init(baseURLs: own)) == nil)
    }

    @Test(arguments: [
        "http://127.0.0.1:8000/x", "http://localhost:8000", "http://a.localhost.:8000", "http://[::1]:8000",
        "http://[::]:8000", "http://0.0.0.0:8000", "http://127.0.0.2:8000", "http://[::ffff:127.0.0.1]:8000",
        "https://2130706433:8000", "http://10.0.0.5", "http://[::ffff:a00:5]:80/",
    ])
    func privateHostIsOursOnItsPort(text: String) throws {
        let own = try parse(["http://127.0.0.1:8000", "http://10.0.0.5"])
        #expect(try refusal(of: text, by: .init(baseURLs: own, allowPrivate: true)) == .ownHost)
        #expect(try refusal(of: text, by: .init(baseURLs: own)) == .ownHost)
    }

    @Test(arguments: ["http://127.0.0.1:8001", "http://localhost", "http://10.0.0.5:8000", "https://10.0.0.5"])
    func privateHostServesOthersOnOtherPorts(text: String) throws {
        let own = try parse(["http://127.0.0.1:8000", "http://10.0.0.5"])
        #expect(try refusal(of: text, by: .init(baseURLs: own, allowPrivate: true)) == nil)
        #expect(try refusal(of: text, by: .init(baseURLs: own)) == .privateAddress)
    }
}

@Suite struct DeniedDomainTests {
    @Test(arguments: [
        ("http://spam.example", true), ("https://SPAM.example.:8443/x", true), ("http://a.b.spam.example", true),
        ("http://notspam.example", false), ("http://example", false), ("http://spam.example.com", false),
        ("http://192.0.2.1", true), ("http://0xC0000201", true), ("http://192.0.2.2", false),
    ])
    func isRefused(text: String, isDenied: Bool) throws {
        let list = try DomainDenyList(parsing: "spam.example\n192.0.2.1".utf8)
        let policy = DestinationPolicy(baseURLs: [], allowPrivate: true, deniedDomains: list)
        #expect(try refusal(of: text, by: policy) == (isDenied ? .deniedDomain : nil))
    }
}

/// A denied address is denied in every notation, and by every name that is known to lead to it.
@Suite struct DeniedAddressTests {
    /// Ways to write a denied IPv4 address that are not of the URL's own notation.
    private static let carriers: [(String, @Sendable (UInt32) -> String)] = [
        ("IPv4-mapped", { "[::ffff:\(groups($0))]" }), ("IPv4-mapped, expanded", { "[0:0:0:0:0:FFFF:\(dotted($0))]" }),
        ("IPv4-compatible", { "[::\(groups($0))]" }), ("IPv4-translated", { "[::ffff:0:\(dotted($0))]" }),
        ("NAT64", { "[64:ff9b::\(dotted($0))]" }), ("local NAT64, /96", { "[64:ff9b:1::\(groups($0))]" }),
        ("local NAT64, /48", { "[64:ff9b:1:\(hex($0 >> 16)):\(hex($0 >> 8 & 0xFF)):\(hex(($0 & 0xFF) << 8))::]" }),
        ("local NAT64, /56", { "[64:ff9b:1:ab\(two($0 >> 24)):\(hex($0 >> 16 & 0xFF)):\(hex($0 & 0xFFFF))::]" }),
        (
            "local NAT64, /64",
            { "[64:ff9b:1:abcd:\(hex($0 >> 24)):\(hex($0 >> 8 & 0xFFFF)):\(hex(($0 & 0xFF) << 8)):0]" }
        ),
        ("6to4", { "[2002:\(groups($0))::1]" }), ("Teredo server", { "[2001:0:\(groups($0)):0:0:ffff:fffe]" }),
        ("Teredo client", { "[2001:0:4136:e378:8000:63bf:\(groups(~$0))]" }),
        ("ISATAP", { "[2606:4700:1:2:0:5efe:\(dotted($0))]" }),
        ("ISATAP, global", { "[2606:4700:1:2:200:5efe:\(groups($0))]" }),
        ("nip.io", { "www.\(dotted($0)).nip.io" }), ("hexadecimal", { "\(two($0 >> 24))\(six($0)).nip.io" }),
        ("sslip.io", { "a-\(dotted($0).replacing(".", with: "-")).sslip.io" }),
        ("labels", { "\(dotted($0)).x.example" }),
    ]

    private static func dotted(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    private static func groups(_ address: UInt32) -> String { "\(hex(address >> 16)):\(hex(address & 0xFFFF))" }

    private static func hex(_ number: UInt32) -> String { String(number, radix: 16) }

    private static func two(_ number: UInt32) -> String { (number < 16 ? "0" : "") + hex(number) }

    private static func six(_ address: UInt32) -> String {
        two(address >> 16 & 255) + two(address >> 8 & 255) + two(address & 255)
    }

    @Test(arguments: [0xCB00_7107, 0x0808_0808, 0x0102_0304, 0xC6FF_00FE] as [UInt32])
    func inEverySpelling(address: UInt32) throws {
        let lists = [
            Self.dotted(address), "\(Self.dotted(address & 0xFFFF_FF00))/24", "[::ffff:\(Self.dotted(address))]",
        ]
        var spellings = OwnHostSpellings(seed: UInt64(address))
        let written = (0..<200).map { _ in spellings.ipv4(address) }
        for list in lists {
            let policy = DestinationPolicy(
                baseURLs: [], allowPrivate: true, deniedDomains: try DomainDenyList(parsing: list.utf8))
            for (name, host) in Self.carriers {
                #expect(try refusal(of: "http://\(host(address))/", by: policy) == .deniedDomain, "\(name), \(list)")
                let other = try refusal(of: "http://\(host(address ^ 0x0100_0100))/", by: policy)
                #expect(other == nil, "another address as \(name), \(list)")
            }
            for text in written { #expect(try refusal(of: text, by: policy) == .deniedDomain, "\(text), \(list)") }
        }
    }

    @Test(arguments: ["münchen.example", "xn--mnchen-3ya.example", "MÜNCHEN.Example."])
    func namesInEverySpelling(entry: String) throws {
        let policy = DestinationPolicy(baseURLs: [], deniedDomains: try DomainDenyList(parsing: entry.utf8))
        var spellings = OwnHostSpellings(seed: 3)
        for _ in 0..<200 {
            for name in [
                "münchen.example", "xn--mnchen-3ya.example", "www.münchen.example", "a.b.xn--mnchen-3ya.example",
            ] {
                let text = spellings.domain(name)
                #expect(try refusal(of: text, by: policy) == .deniedDomain, "\(text)")
            }
        }
    }

    /// A list may name loopback where private destinations are allowed: then by all its names.
    @Test(arguments: ["127.0.0.1", "::1", "127.0.0.0/8"])
    func thisMachine(entry: String) throws {
        let list = try DomainDenyList(parsing: entry.utf8)
        let policy = DestinationPolicy(baseURLs: [], allowPrivate: true, deniedDomains: list)
        for host in [
            "localhost", "a.localhost.", "127.0.0.2", "[::1]", "[::]", "0", "localtest.me", "127.0.0.1.nip.io",
        ] {
            #expect(try refusal(of: "http://\(host)/", by: policy) == .deniedDomain, "\(host)")
        }
        #expect(try refusal(of: "http://10.0.0.1/", by: policy) == nil)
    }
}
