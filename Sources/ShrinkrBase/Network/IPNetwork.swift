/// A block of addresses in CIDR notation (RFC 4632): `10.0.0.0/16`, `fd00::/8`, or one address. A block of IPv4-mapped
/// IPv6 addresses is read as the IPv4 block that it stands for: `::ffff:10.0.0.0/112`. Two ways to write one block are
/// equal.
package struct IPNetwork: Hashable, Sendable {
    /// The first address; of IPv4 the IPv4-mapped one.
    private let first: UInt128
    /// How many bits of 128 all addresses share; more than 96 of IPv4.
    package let length: Int
    private let isIPv4: Bool

    /// The block of `length` bits that the address lies in; `length` counts as in ``length`` and is at most 128.
    package init(around address: IPAddress, length: Int) {
        let mask = length == 0 ? 0 : UInt128.max << UInt128(128 - length)
        first = address.number & mask
        self.length = length
        isIPv4 = address.isIPv4
    }

    /// Nil where the text is no address, or the length does not fit it.
    package init?(_ text: some StringProtocol) {
        let (start, after) = UntrustedText(text).cut(at: "/")
        guard let address = IPAddress(start) else { return nil }
        guard let suffix = after else {
            self.init(around: address, length: 128)
            return
        }
        // What is written in the notation of IPv4 counts from there.
        let shared = address.isIPv4 && !start.contains(byte: ":") ? 96 : 0
        guard let bits = suffix.digits, bits <= 128 - shared, !address.isIPv4 || bits + shared >= 96 else { return nil }
        self.init(around: address, length: bits + shared)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == isIPv4 && IPNetwork(around: address, length: length).first == first
    }

    /// The same for an address as a number (``IPAddress/number``).
    package func contains(number: UInt128) -> Bool {
        let mask = length == 0 ? 0 : UInt128.max << UInt128(128 - length)
        return (number >> 32 == IPAddress.mapped >> 32) == isIPv4 && number & mask == first
    }
}
