import ShrinkrBase

/// Names of services whose DNS answers with the address that the name spells, such as `10.0.0.1.nip.io`.
///
/// Names are not resolved, so these services alone are known, and four labels that are an IPv4 address under any name.
enum WildcardDNSName {
    /// The services.
    static let services = [
        "1u.ms", "backname.io", "local-ip.co", "local-ip.sh", "nip.io", "plex.direct", "rbndr.us", "sslip.io",
        "traefik.me",
        "xip.io", "xip.name",
    ]

    /// The addresses that `name`, in lower-case ASCII without a trailing dot, spells: with dots (`10.0.0.1.nip.io`), and
    /// under a known service also with hyphens (`www-10-0-0-1.nip.io`, `fd00--1.sslip.io`) or as eight hexadecimal digits
    /// (`0a000001.nip.io`).
    static func addresses(in name: String) -> [DestinationHost] {
        // Nothing longer can be asked for (RFC 1035, section 2.3.4).
        guard name.utf8.count <= DomainDenyList.maximumNameLength else { return [] }
        let labels = Array(name.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard SpecialPurposeName.isDomain(name, in: services) else { return quads(in: labels) }
        let parts = labels.flatMap { $0.split(separator: UInt8(ascii: "-")) }
        return quads(in: parts) + parts.compactMap(hexadecimal) + labels.compactMap(hyphenated)
    }

    /// Every four parts in a row that are decimal numbers below 256.
    private static func quads(in parts: [ArraySlice<UInt8>]) -> [DestinationHost] {
        let octets = parts.map(octet)
        return octets.indices.dropLast(3).compactMap { start in
            let four = octets[start..<(start + 4)].compactMap(\.self)
            return four.count == 4 ? .ipv4(four.reduce(0) { $0 << 8 | UInt32($1) }) : nil
        }
    }

    private static func octet(_ text: ArraySlice<UInt8>) -> UInt8? {
        guard (1...3).contains(text.count), text.allSatisfy(\.isASCIIDigit) else { return nil }
        return UInt8(exactly: text.reduce(0) { $0 * 10 + Int($1.hexDigitValue ?? 0) })
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> DestinationHost? {
        let digits = text.compactMap(\.hexDigitValue)
        guard text.count == 8, digits.count == 8 else { return nil }
        return .ipv4(digits.reduce(0) { $0 << 4 | UInt32($1) })
    }

    /// An IPv6 address with hyphens for its colons.
    private static func hyphenated(_ label: ArraySlice<UInt8>) -> DestinationHost? {
        let text = label.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: ":") : $0 }
        return text.contains(UInt8(ascii: ":")) ? IPv6Notation.parse(text[...]).map(DestinationHost.ipv6) : nil
    }
}
