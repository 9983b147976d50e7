extension DestinationHost {
    /// Whether the host means the machine that connects to it: `localhost` and names under it (RFC 6761), loopback
    /// addresses, and the unspecified address, which Linux connects to loopback.
    var isLoopback: Bool {
        switch withoutTrailingDot {
        case .domain(let name): isDomain(name, in: ["localhost"])
        case .ipv4(let address): AddressBlock.loopbackIPv4.contains { $0.contains(address) }
        case .ipv6(0), .ipv6(1): true
        case .ipv6(let address): embeddedIPv4(address).map { DestinationHost.ipv4($0).isLoopback } ?? false
        }
    }

    /// Whether the host lies, by its name or address alone, outside the public Internet. Names are not resolved.
    var isPrivate: Bool {
        switch withoutTrailingDot {
        case .domain(let name): isDomain(name, in: privateDomains)
        case .ipv4(let address): AddressBlock.privateIPv4.contains { $0.contains(address) }
        case .ipv6(let address):
            AddressBlock.privateIPv6.contains { $0.contains(address) }
                || embeddedIPv4(address).map { DestinationHost.ipv4($0).isPrivate } ?? false
        }
    }

    /// The host in the form in which two ways to one machine are equal: no trailing dot, an embedded IPv4 address
    /// taken out, and every name and address of the machine itself as 127.0.0.1.
    var machine: DestinationHost {
        if isLoopback { return .ipv4(0x7F00_0001) }
        if case .ipv6(let address) = self, let embedded = embeddedIPv4(address) { return .ipv4(embedded) }
        return withoutTrailingDot
    }
}

/// Names that are never delegated in the public DNS: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa) and
/// the ICANN board's resolution of 29 July 2024 (internal).
private let privateDomains = ["localhost", "local", "home.arpa", "internal"]

/// Whether `name` is one of `domains` or lies under one.
private func isDomain(_ name: String, in domains: [String]) -> Bool {
    // text: the host parser gives ASCII.
    domains.contains { name == $0 || name.hasSuffix("." + $0) }
}

/// The IPv4 address that an IPv6 address stands for: IPv4-compatible and IPv4-mapped (RFC 4291), NAT64 (RFC 6052) or
/// 6to4 (RFC 3056).
private func embeddedIPv4(_ address: UInt128) -> UInt32? {
    switch address >> 32 {
    case 0, 0xFFFF, 0x0064_FF9B << 64: UInt32(truncatingIfNeeded: address)
    case _ where address >> 112 == 0x2002: UInt32(truncatingIfNeeded: address >> 80)
    default: nil
    }
}

/// All addresses that begin with the same bits.
private struct AddressBlock<Address: FixedWidthInteger & Sendable>: Sendable {
    let network: Address
    let prefixLength: Int

    func contains(_ address: Address) -> Bool {
        (address ^ network) >> (Address.bitWidth - prefixLength) == 0
    }
}

extension AddressBlock where Address == UInt32 {
    static let loopbackIPv4: [Self] = [block(0, 0, 8), block(127, 0, 8)]

    /// The blocks of the IANA IPv4 Special-Purpose Address Registry (RFC 6890) that are not globally reachable, save
    /// those for documentation, and the multicast block (RFC 5771).
    static let privateIPv4: [Self] = [
        block(0, 0, 8), block(10, 0, 8), block(100, 64, 10), block(127, 0, 8), block(169, 254, 16), block(172, 16, 12),
        block(192, 0, 24), block(192, 168, 16), block(198, 18, 15), block(224, 0, 4), block(240, 0, 4),
    ]

    private static func block(_ first: UInt32, _ second: UInt32, _ prefixLength: Int) -> Self {
        Self(network: first << 24 | second << 16, prefixLength: prefixLength)
    }
}

extension AddressBlock where Address == UInt128 {
    /// The same for IPv6, with the multicast block (RFC 4291), the site-local one it deprecates (RFC 3879), and
    /// local-use NAT64 (RFC 8215). `::` and `::1` are covered as embedded IPv4 addresses under 0.0.0.0/8.
    static let privateIPv6: [Self] = [
        Self(network: 0xFC << 120, prefixLength: 7),
        Self(network: 0xFE80 << 112, prefixLength: 10),
        Self(network: 0xFEC0 << 112, prefixLength: 10),
        Self(network: 0xFF << 120, prefixLength: 8),
        Self(network: 0x0064_FF9B_0001 << 80, prefixLength: 48),
    ]
}
