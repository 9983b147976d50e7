/// The host parser of the WHATWG URL Standard, section 3.5, for special schemes.
enum HostParser {
    /// Reads a host as it stands in a URL; `nil` if it is invalid.
    ///
    /// `domainToASCII` is as in `DestinationURL.parse`.
    static func parse(_ text: ArraySlice<UInt8>, domainToASCII: (String) -> String?) -> DestinationHost? {
        if text.first == UInt8(ascii: "[") {
            guard text.count > 1, text.last == UInt8(ascii: "]") else { return nil }
            return IPv6Notation.parse(text.dropFirst().dropLast()).map(DestinationHost.ipv6)
        }
        guard let domain = asciiDomain(PercentEncoding.decode(text), domainToASCII: domainToASCII),
            !domain.isEmpty, !domain.contains(where: URLByteSet.forbiddenInDomain.contains)
        else { return nil }
        if IPv4Notation.endsInNumber(domain) {
            return IPv4Notation.parse(domain).map(DestinationHost.ipv4)
        }
        return .domain(String(decoding: domain, as: UTF8.self))
    }

    /// Section 3.3, "domain to ASCII" with beStrict false.
    private static func asciiDomain(_ bytes: [UInt8], domainToASCII: (String) -> String?) -> [UInt8]? {
        if bytes.allSatisfy({ $0 < 0x80 }), !hasPunycodeLabel(bytes) {
            return bytes.map(\.asciiLowercased)
        }
        guard let domain = String(validating: bytes, as: UTF8.self), let ascii = domainToASCII(domain) else {
            return nil
        }
        return ascii.utf8.map(\.asciiLowercased)
    }

    private static func hasPunycodeLabel(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: ".")).contains { label in
            label.prefix(4).map(\.asciiLowercased).elementsEqual("xn--".utf8)
        }
    }
}
