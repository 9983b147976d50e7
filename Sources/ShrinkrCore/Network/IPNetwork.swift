/// A block of addresses in CIDR notation (RFC 4632): `10.0.0.0/16`, `fd00::/8`, or one address. A block of IPv4-mapped
/// IPv6 addresses is read as the IPv4 block that it stands for: `::ffff:10.0.0.0/112`.
package struct IPNetwork: Hashable, Sendable {
    private let prefix: [UInt8]
    private let length: Int

    /// Nil where the text is no address, or the length does not fit it.
    package init?(_ text: some StringProtocol) {
        let (first, after) = UntrustedText(text).cut(at: "/")
        guard let address = IPAddress(first) else { return nil }
        let bits = address.bytes.count * 8
        self.prefix = address.bytes
        guard let suffix = after else {
            self.length = bits
            return
        }
        let mappedBits = bits == 32 && first.contains(byte: ":") ? 96 : 0
        guard let length = suffix.digits, (0...bits).contains(length - mappedBits) else { return nil }
        self.length = length - mappedBits
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == prefix.count else { return false }
        let (whole, rest) = length.quotientAndRemainder(dividingBy: 8)
        guard address.bytes.prefix(whole) == prefix.prefix(whole) else { return false }
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return address.bytes[whole] & mask == prefix[whole] & mask
    }
}
