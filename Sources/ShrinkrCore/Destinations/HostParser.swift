/// The host parser of the WHATWG URL Standard, section 3.5, for special schemes.
enum HostParser {
    /// Reads a host as it stands in a URL; `nil` if it is invalid.
    static func parse(_ text: ArraySlice<UInt8>) -> DestinationHost? {
        if text.first == UInt8(ascii: "[") {
            guard text.count > 1, text.last == UInt8(ascii: "]") else { return nil }
            return IPv6Notation.parse(text.dropFirst().dropLast()).map(DestinationHost.ipv6)
        }
        guard let domain = asciiDomain(PercentEncoding.decode(text)),
            !domain.isEmpty, !domain.contains(where: URLByteSet.forbiddenInDomain.contains)
        else { return nil }
        if IPv4Notation.endsInNumber(domain) {
            return IPv4Notation.parse(domain).map(DestinationHost.ipv4)
        }
        return .domain(String(decoding: domain, as: UTF8.self))
    }

    /// The domain parser with beStrict false, section 3.3. An ASCII name is never refused here, not even for an `xn--`
    /// label that is no Punycode: since June 2026 the standard takes it as DNS would.
    private static func asciiDomain(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map(\.asciiLowercased) }
        return String(validating: bytes, as: UTF8.self).flatMap(InternationalDomain.toASCII)
    }
}
