import ShrinkrBase
import TestSupport
import Testing

@Suite("An IP address") struct IPAddressTests {
    @Test(
        "is written in its shortest form",
        arguments: [
            ("1.2.3.4", "1.2.3.4"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
            ("::1", "::1"), ("2001:DB8::00A", "2001:db8::a"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("fe80:0:0:0:0:0:0:1", "fe80::1"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            // The IPv4 address behind an IPv4-mapped one (RFC 4291, section 2.5.5.2).
            ("::ffff:1.2.3.4", "1.2.3.4"), ("::FFFF:102:304", "1.2.3.4"), ("0:0:0:0:0:ffff:0:0", "0.0.0.0"),
        ])
    func text(_ text: String, description: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == description)
        #expect(IPAddress(description) == address)
    }

    @Test(
        "is read from nothing else",
        arguments: [
            "", " ", "localhost", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4",
            "01.2.3.4",
            "0x1.2.3.4", "1.2.3.4:80", "1.2.3.4/32", "1.2.3.", "٣.2.3.4", "1.2.3.4\u{0}", "1.2.3.4\u{0}5", ":", ":::",
            "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "[::1]", "[::1]:80", "fe80::1%eth0",
            "::1\u{0}",
            "::1.2.3", "::ffff:1.2.3.4.5", "::1/128",
        ])
    func misshapen(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("has 4 or 16 bytes", arguments: 0...20)
    func byteCount(count: Int) {
        #expect((IPAddress(bytes: Array(repeating: 7, count: count)) != nil) == [4, 16].contains(count))
    }

    @Test(
        "loses its host part",
        arguments: [
            ("203.0.113.77", "203.0.113.0"), ("255.255.255.255", "255.255.255.0"), ("10.0.0.0", "10.0.0.0"),
            ("2001:db8:1234:5678:9abc:def0:1:2", "2001:db8:1234::"), ("::1", "::"),
            ("ffff:ffff:ffff:ffff::", "ffff:ffff:ffff::"),
            // Cut as the IPv4 address that it is, not to `::`.
            ("::ffff:203.0.113.77", "203.0.113.0"),
        ])
    func truncation(text: String, truncated: String) throws {
        let address = try #require(IPAddress(text)).truncated
        #expect(address.description == truncated)
        #expect(address.truncated == address)
    }

    @Test(
        "is a loopback address or not",
        arguments: [
            ("127.0.0.1", true), ("127.255.255.255", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("126.255.255.255", false), ("128.0.0.1", false), ("0.0.0.0", false), ("::", false), ("::2", false),
            ("1::1", false), ("::127.0.0.1", false), ("10.0.0.1", false), ("::ffff:10.0.0.1", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == isLoopback)
    }

    @Test("is read as it was written", arguments: [4, 16])
    func roundTrip(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<1_000 {
            // Many zeros, for the `::` of IPv6.
            let bytes = (0..<count).map { _ in
                Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            let address = try #require(IPAddress(bytes: bytes))
            try #require(IPAddress(address.description) == address, "\(bytes)")
        }
    }
}
