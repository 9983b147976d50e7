/// Where the IANA Special-Purpose Address Registries (RFC 6890 and 8190; as of 2025-10) say what is globally reachable.
enum SpecialPurposeNetworks {
    /// The blocks of the IPv4 registry that are not globally reachable, 6to4 relays (RFC 7526) and multicast (RFC 5771); and
    /// the address by which a machine in Azure reaches its host (Microsoft Learn, "What is IP address 168.63.129.16?").
    static let ipv4 = networks(
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
        """)

    /// All that is unicast of the public Internet (RFC 4291, section 2.4, and IANA's IPv6 address space). Everything
    /// outside is loopback, unspecified, translated, discard-only, a dummy, a segment identifier, unique local, link-local,
    /// site-local, multicast, or given to nobody.
    static let ipv6Unicast = networks("2000::/3")

    /// The blocks within it that are not globally reachable: of protocols (with Teredo, benchmarking and the first ORCHID),
    /// and for documentation.
    static let ipv6 = networks("2001::/23 2001:db8::/32 3fff::/20")

    /// Blocks within those that are globally reachable: anycast for port control, TURN and service registration, AMT, AS112,
    /// ORCHIDv2, and remote identification of drones.
    static let reachable = networks(
        """
        192.0.0.9/32 192.0.0.10/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:3::/32 2001:4:112::/48 2001:20::/28
        2001:30::/28
        """)

    private static func networks(_ text: String) -> [IPNetwork] {
        // text: the tables above.
        text.split { $0.isWhitespace }.compactMap { IPNetwork($0) }
    }
}

extension IPAddress {
    /// Whether the address lies in the public Internet by itself, whatever it embeds.
    private var isGloballyReachable: Bool {
        if SpecialPurposeNetworks.reachable.contains(where: { $0.contains(self) }) { return true }
        if isIPv4 { return !SpecialPurposeNetworks.ipv4.contains { $0.contains(self) } }
        return SpecialPurposeNetworks.ipv6Unicast.contains { $0.contains(self) }
            && !SpecialPurposeNetworks.ipv6.contains { $0.contains(self) }
    }

    /// Whether the address, or one that it embeds, lies outside the public Internet. An address that is translated to
    /// another lies where that one does.
    package var isPrivate: Bool {
        if let translated = translatedIPv4, translated.isGloballyReachable {
            return embeddedIPv4.contains { !$0.isGloballyReachable }
        }
        return !isGloballyReachable || embeddedIPv4.contains { !$0.isGloballyReachable }
    }
}
