import ShrinkrBase
import TestSupport
import Testing

@Suite("An IP network") struct IPNetworkTests {
    @Test(
        "holds its addresses",
        arguments: [
            (
                "10.0.0.0/16", ["10.0.0.0", "10.0.255.255", "::ffff:10.0.3.4"],
                ["9.255.255.255", "10.1.0.0", "::a00:0"]
            ),
            ("10.0.0.0/9", ["10.127.255.255"], ["10.128.0.0"]),
            ("192.168.1.128/25", ["192.168.1.128", "192.168.1.255"], ["192.168.1.127", "192.168.2.128"]),
            ("10.1.2.3/8", ["10.200.0.1"], ["11.1.2.3"]),
            ("1.2.3.4/31", ["1.2.3.4", "1.2.3.5"], ["1.2.3.3", "1.2.3.6"]),
            ("1.2.3.4/32", ["1.2.3.4"], ["1.2.3.5", "1.2.3.0"]),
            ("1.2.3.4", ["1.2.3.4"], ["1.2.3.5"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "2001:db8::1"]),
            ("128.0.0.0/1", ["128.0.0.0", "255.0.0.1"], ["127.255.255.255"]),
            ("::/0", ["::", "ffff::1"], ["1.2.3.4", "::ffff:1.2.3.4"]),
            ("fd00::/8", ["fd00::", "fdff:ffff::1"], ["fc00::", "fe00::"]),
            ("2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1", "2001:db9::1"]),
            ("::1", ["::1"], ["::2", "::", "0.0.0.1"]),
            ("::1/127", ["::", "::1"], ["::2"]),
            // Blocks of IPv4-mapped addresses.
            ("::ffff:10.0.0.0/112", ["10.0.255.255", "::ffff:10.0.0.1"], ["10.1.0.0"]),
            ("::ffff:0:0/96", ["0.0.0.0", "255.255.255.255"], ["::1"]),
            ("::ffff:1.2.3.4", ["1.2.3.4"], ["1.2.3.5"]),
        ])
    func membership(text: String, inside: [String], outside: [String]) throws {
        let network = try #require(IPNetwork(text))
        for address in inside { #expect(network.contains(try #require(IPAddress(address))), "\(address)") }
        for address in outside { #expect(!network.contains(try #require(IPAddress(address))), "\(address)") }
    }

    @Test(
        "is read from nothing else",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8 ",
            "10.0.0.0/8/8",
            "10.0.0.0/255.0.0.0", "10.0.0/8", "10/8", "10.0.0.0/99999999999999999999", "10.0.0.0/٨", "::/129", "::/",
            "::/-1", "[::]/8", "example.com/8", "10.0.0.0\\8", "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/16",
            "::ffff:10.0.0.0/129",
        ])
    func misshapen(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test("compares as many bits as it says", arguments: [4, 16])
    func bits(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<500 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 1...254, using: &generator) }
            let length = Int.random(in: 0...(count * 8), using: &generator)
            let flipped = Int.random(in: 0..<(count * 8), using: &generator)
            var other = bytes
            other[flipped / 8] ^= 0x80 >> UInt8(flipped % 8)
            let base = try #require(IPAddress(bytes: bytes))
            let network = try #require(IPNetwork("\(base)/\(length)"))
            let address = try #require(IPAddress(bytes: other))
            try #require(network.contains(address) == (flipped >= length), "\(bytes)/\(length), bit \(flipped)")
        }
    }
}
