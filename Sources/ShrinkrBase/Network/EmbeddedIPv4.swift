extension IPAddress {
    /// The IPv4 address to which packets for this IPv6 address are carried or translated by its form alone; nil where there
    /// is none. IPv4-compatible (RFC 4291, section 2.5.5.1), IPv4-translated (RFC 2765, section 2.1), NAT64 (RFC 6052,
    /// section 2.1) and 6to4 (RFC 3056, section 2).
    package var translatedIPv4: IPAddress? {
        guard !isIPv4 else { return nil }
        switch number >> 32 {
        case 0, 0xFFFF_0000, 0x0064_FF9B << 64: return IPAddress(ipv4: UInt32(truncatingIfNeeded: number))
        case _ where number >> 112 == 0x2002: return IPAddress(ipv4: UInt32(truncatingIfNeeded: number >> 80))
        default: return nil
        }
    }

    /// Every IPv4 address that an IPv6 address carries: ``translatedIPv4``, server and client of Teredo (RFC 4380, section
    /// 4), local-use NAT64 with each prefix that fits (RFC 8215; RFC 6052, section 2.2), and ISATAP (RFC 5214, section 6.1).
    package var embeddedIPv4: [IPAddress] {
        guard !isIPv4 else { return [] }
        var found = translatedIPv4.map { [$0] } ?? []
        func add(_ bits: UInt128) { found.append(IPAddress(ipv4: UInt32(truncatingIfNeeded: bits))) }
        if number >> 96 == 0x2001_0000 {
            add(number >> 64)
            add(~number)
        }
        if number >> 80 == 0x0064_FF9B_0001 {
            // Bits 64 to 71 are none of the address.
            add((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)
            add((number >> 64 & 0xFF) << 24 | number >> 32 & 0xFF_FFFF)
            add(number >> 24)
            add(number)
        }
        if number >> 32 & 0xFDFF_FFFF == 0x5EFE { add(number) }
        return found
    }
}
