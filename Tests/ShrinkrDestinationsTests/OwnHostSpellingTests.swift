import ShrinkrBase
import ShrinkrDestinations
import Testing

/// No link leads back to this service, however its host is written.
@Suite struct OwnHostSpellingTests {
    private static let spellings = 200

    private func expectRefused(base: String, seed: UInt64, spell: (inout OwnHostSpellings) -> String) throws {
        let policy = DestinationPolicy(baseURLs: [try DestinationURL.parse(base)], allowPrivate: true)
        var spellings = OwnHostSpellings(seed: seed)
        for _ in 0..<Self.spellings {
            let text = spell(&spellings)
            let url = try #require(try? DestinationURL.parse(text), "\(text) is a URL")
            #expect(throws: DestinationError.ownHost, "\(text)") { try policy.check(url) }
        }
    }

    @Test(arguments: [
        ("https://go.example", ["go.example"]),
        ("https://GO.example.:8443", ["go.example"]),
        ("https://bücher.example", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"]),
        ("https://xn--bcher-kva.example", ["bücher.example", "xn--bcher-kva.example"]),
        ("http://s.é", ["s.é", "s.xn--9ca"]),
    ])
    func domains(base: String, names: [String]) throws {
        for (seed, name) in zip(1..., names) {
            try expectRefused(base: base, seed: UInt64(seed)) { $0.domain(name) }
        }
    }

    /// On any port, since a proxy may forward any to us.
    @Test func publicAddresses() throws {
        for port in ["", ":80", ":443", ":8443"] {
            try expectRefused(base: "https://9.8.7.6", seed: 1) { $0.ipv4(0x0908_0706, port: port) }
            try expectRefused(base: "https://[::ffff:9.8.7.6]", seed: 2) { $0.ipv4(0x0908_0706, port: port) }
            let groups: [UInt16] = [0x2606, 0x4700, 0, 0, 0, 0, 0, 0xA1]
            try expectRefused(base: "https://[2606:4700::a1]", seed: 3) { $0.ipv6(groups, port: port) }
        }
    }

    /// On the port where we listen, every name and address of this machine is ours.
    @Test(arguments: ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "http://0.0.0.0:8000"])
    func thisMachine(base: String) throws {
        for address: UInt32 in [0x7F00_0001, 0x7F12_3456, 0] {
            try expectRefused(base: base, seed: UInt64(address)) { $0.ipv4(address, port: ":8000") }
        }
        try expectRefused(base: base, seed: 4) { $0.ipv6([0, 0, 0, 0, 0, 0, 0, 1], port: ":08000") }
        try expectRefused(base: base, seed: 5) { $0.ipv6([0, 0, 0, 0, 0, 0, 0, 0], port: ":8000") }
        try expectRefused(base: base, seed: 6) { $0.domain("localhost", port: ":8000") }
        try expectRefused(base: base, seed: 7) { $0.domain("go.localhost", port: ":8000") }
    }

    /// The same spellings of another host are nobody's business.
    @Test func othersAreFine() throws {
        let policy = DestinationPolicy(baseURLs: [try DestinationURL.parse("https://go.example")])
        var spellings = OwnHostSpellings(seed: 8)
        for _ in 0..<Self.spellings {
            for text in [spellings.domain("gö.example"), spellings.domain("go2.example"), spellings.ipv4(0x0908_0706)] {
                let url = try DestinationURL.parse(text)
                #expect(throws: Never.self, "\(text)") { try policy.check(url) }
            }
        }
    }

    /// The same of hosts that the operator lists beside the base URL; what is not public is not taken for ours.
    @Test func listedHostsAreOurs() throws {
        var hosts = AllowedHosts(addresses: .own)
        for host in ["xn--bcher-kva.example", "9.8.7.6", "[2606:4700::1]", "wiki", "*"] { _ = hosts.insert(host) }
        let policy = DestinationPolicy(
            baseURLs: [try DestinationURL.parse("https://go.example")], hosts: hosts, allowPrivate: true)
        for text in [
            "https://BÜCHER.example./x", "http://xn--bcher-kva.example:8080/", "http://9.8.7.6/", "http://0x09080706/",
            "http://[2606:4700::1]:81/", "http://[::ffff:9.8.7.6]/",
        ] {
            #expect(throws: DestinationError.ownHost, "\(text)") { try policy.check(try DestinationURL.parse(text)) }
        }
        for text in [
            "http://wiki/", "http://localhost:9/", "http://127.0.0.1/", "https://other.example/", "http://9.8.7.5/",
        ] {
            #expect(throws: Never.self, "\(text)") { try policy.check(try DestinationURL.parse(text)) }
        }
    }
}
