/// The host of a destination, as the WHATWG URL Standard's host parser reads it.
///
/// Two spellings of one host (case, percent escapes, Unicode or Punycode, any notation of an IP address) are equal.
package enum DestinationHost: Sendable, Hashable {
    /// A domain name in lower-case ASCII, with the trailing dot if it was given.
    case domain(String)
    /// An IPv4 address, first octet in the most significant byte.
    case ipv4(UInt32)
    /// An IPv6 address, first group in the most significant 16 bits.
    case ipv6(UInt128)

    /// The same host for the purpose of comparison: a domain without its trailing dots.
    var withoutTrailingDot: DestinationHost {
        guard case .domain(let name) = self, name.utf8.last == UInt8(ascii: ".") else { return self }
        let length = name.utf8.reversed().drop { $0 == UInt8(ascii: ".") }.count
        return .domain(String(name.prefix(length)))
    }
}

extension DestinationHost: CustomStringConvertible {
    /// The host as it stands in a URL: an IPv6 address is in brackets.
    package var description: String {
        switch self {
        case .domain(let name): name
        case .ipv4(let address): IPv4Notation.serialize(address)
        case .ipv6(let address): "[\(IPv6Notation.serialize(address))]"
        }
    }
}
