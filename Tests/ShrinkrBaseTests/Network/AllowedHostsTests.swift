import ShrinkrBase
import Testing

@Suite struct AllowedHostsTests {
    private let own = IPAddress("10.0.0.7")

    private func hosts(_ addresses: AllowedHosts.Addresses, _ names: String...) throws -> AllowedHosts {
        var hosts = AllowedHosts(addresses: addresses)
        for name in names {
            let isHost = hosts.insert(name)
            try #require(isHost)
        }
        return hosts
    }

    @Test(arguments: [
        "", "localhost", "LocalHost:80", "127.0.0.1", "127.1.2.3:9", "[::1]", "[::1]:80", "::1", "10.0.0.7:8000",
        "[::ffff:10.0.0.7]", "sho.rt", "SHO.rt:443", "sho.rt.", "Sho.rt.:443", "localhost.", "127.0.0.1.",
        "dot.example",
        "dot.example.", "2001:db8::5", "[2001:db8::5]:80",
    ])
    func ownHostIsAllowed(_ authority: String) throws {
        #expect(try hosts(.own, "Sho.RT", "2001:db8::5", "dot.example.").allows(authority, local: own))
    }

    @Test(arguments: [
        "evil.example", "localhost.evil.example", "xsho.rt", "sho.rt.evil", "sho.rt:80:80", "10.0.0.8", "[2001:db8::6]",
        "127.0.0.1.evil.example", "0.0.0.0", "localhost..", "sho.rt..", "127.0.0.1..", "127.1", "0x7f.1", "[::1",
        "::1]",
        "[127.0.0.1", "localhost:x", "sho.rt ", "a@sho.rt",
        "s\u{301}ho.rt", "café", ".", "..",
    ])
    func otherHostIsNot(_ authority: String) throws {
        #expect(try !hosts(.own, "sho.rt").allows(authority, local: own))
    }

    @Test func anyAddressMayBeAsked() throws {
        let hosts = AllowedHosts(addresses: .any)
        for authority in ["10.0.0.8:8001", "[2001:db8::6]", "203.0.113.1"] {
            #expect(hosts.allows(authority, local: nil))
        }
        for authority in ["evil.example", "10.0.0.8.evil.example"] { #expect(!hosts.allows(authority, local: nil)) }
    }

    @Test func starIsForAll() throws {
        #expect(try hosts(.own, "*").allows("evil.example", local: nil))
    }

    @Test(arguments: ["", "a b", "http://x", "x:80", "[::1]:80", "ö.example", "*.example", "a,b"])
    func whatIsNoHostIsNotListed(_ text: String) {
        var hosts = AllowedHosts(addresses: .own)
        let isHost = hosts.insert(text)
        #expect(!isHost)
    }
}
