import ShrinkrCore
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
    ])
    func isRefusedUnlessAllowed(host: String) throws {
        #expect(try refusal(of: "http://\(host)/", by: .init(baseURLs: [])) == .privateAddress)
        #expect(try refusal(of: "http://\(host)/", by: .init(baseURLs: [], allowPrivate: true)) == nil)
    }

    @Test(arguments: [
        "example.com", "localhost.example", "notlocalhost", "alocal", "local.example", "internal.example",
        "arpa", "xhome.arpa", "www.home.arpa.example",
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "[2606:4700::1111]", "[fbff::1]", "[fe00::1]", "[fe7f::1]", "[::ffff:8.8.8.8]", "[::1:0:0:1]",
        "[64:ff9b::8.8.8.8]", "[64:ff9b:2::1]", "[64:ff9a::10.0.0.1]", "[2002:808:808::]", "[2003:7f00:1::]",
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

    @Test(arguments: ["https://www.go.example", "https://xgo.example", "https://example", "http://8.8.4.4"])
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
        let list = try DomainDenyList(parsing: "spam.example\n192.0.2.1")
        let policy = DestinationPolicy(baseURLs: [], allowPrivate: true, deniedDomains: list)
        #expect(try refusal(of: text, by: policy) == (isDenied ? .deniedDomain : nil))
    }
}
