package import ShrinkrBase

extension DestinationHost {
    /// The address of a host that is one.
    package var address: IPAddress? {
        switch self {
        case .domain: nil
        case .ipv4(let number): IPAddress(ipv4: number)
        case .ipv6(let number): IPAddress(ipv6: number)
        }
    }

    /// Whether the host means the machine that connects to it: `localhost` and other names of it, loopback addresses in any
    /// notation, and the unspecified address, which Linux connects to loopback.
    package var isLoopback: Bool {
        switch withoutTrailingDot {
        case .domain(let name): SpecialPurposeName.isLoopback(name)
        case .ipv4(let number): number >> 24 == 0 || IPAddress(ipv4: number).isLoopback
        case .ipv6(let number):
            number == 0 || IPAddress(ipv6: number).isLoopback || ipv4.map { $0.isLoopback } ?? false
        }
    }

    /// Whether the host lies, by its name or address alone, outside the public Internet. Names are not resolved.
    package var isPrivate: Bool {
        guard case .domain(let name) = withoutTrailingDot else { return address?.isPrivate ?? false }
        return SpecialPurposeName.isPrivate(name)
            || WildcardDNSName.addresses(in: name).contains { $0.address?.isPrivate ?? false }
    }

    /// The host in the form in which two ways to one machine are equal: no trailing dot, an IPv4 address in place of the IPv6
    /// one that is translated to it, and every name and address of the machine itself as 127.0.0.1.
    package var canonical: DestinationHost {
        isLoopback ? .ipv4(0x7F00_0001) : ipv4 ?? withoutTrailingDot
    }

    /// The host itself, its canonical form, and what else it may lead to: addresses that are embedded in it or spelled by its
    /// name.
    package var aliases: [DestinationHost] {
        var hosts = [withoutTrailingDot, canonical]
        if case .domain(let name) = withoutTrailingDot { hosts += WildcardDNSName.addresses(in: name).map(\.canonical) }
        if case .ipv6 = self { hosts += address?.embeddedIPv4.map { DestinationHost($0).canonical } ?? [] }
        return hosts
    }

    private init(_ address: IPAddress) {
        self = address.isIPv4 ? .ipv4(UInt32(truncatingIfNeeded: address.number)) : .ipv6(address.number)
    }

    /// The IPv4 address that an IPv6 one stands for.
    private var ipv4: DestinationHost? {
        guard case .ipv6 = self, let address else { return nil }
        return (address.isIPv4 ? address : address.translatedIPv4).map(DestinationHost.init)
    }
}
