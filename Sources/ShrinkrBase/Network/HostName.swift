/// What stands in `Host`: a name or an address, in the form in which it is compared.
package enum HostName {
    /// Most bytes of a host with a port: 253 of a name, a dot, a colon and five digits.
    private static let longest = 260

    /// The host of `host[:port]` in small letters: without the port, and a name without its final dot, which means the
    /// same name (RFC 1034, section 3.1). An IPv6 address keeps its brackets. Any other text stays as it is; nil where it
    /// is longer than any host with a port.
    package static func read(_ authority: UntrustedText) -> UntrustedText? {
        guard authority.count <= longest else { return nil }
        return withoutFinalDot(withoutPort(authority.bytes)).lowercasedASCII
    }

    /// A host without its port, where it has one.
    package static func withoutPort(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")), bytes[(colon + 1)...].allSatisfy(\.isASCIIDigit),
            // Without brackets, an IPv6 address has colons of its own.
            bytes.first == UInt8(ascii: "[")
                ? bytes[..<colon].last == UInt8(ascii: "]") : bytes.firstIndex(of: UInt8(ascii: ":")) == colon
        else { return bytes }
        return bytes[..<colon]
    }

    /// One dot alone is the root, and no host.
    private static func withoutFinalDot(_ bytes: ArraySlice<UInt8>) -> UntrustedText {
        let isNamed = bytes.count > 1 && bytes.last == UInt8(ascii: ".")
        return UntrustedText(bytes: isNamed ? bytes.dropLast() : bytes)
    }

    /// The address that a host is, IPv6 with or without its brackets; nil for a name.
    package static func address(_ host: UntrustedText) -> IPAddress? {
        let isBracketed = host.begins(with: "[") && host.ends(with: "]") && host.contains(byte: ":")
        return IPAddress(isBracketed ? host.dropFirst().dropLast() : host)
    }

    /// Whether a host is this machine by its name or address alone: `localhost` and the loopback addresses.
    package static func isLoopback(_ host: UntrustedText) -> Bool {
        host.equals("localhost") || address(host)?.isLoopback ?? false
    }

    /// A host as it stands in a URL or in `Host`: an IPv6 address in brackets (RFC 3986, section 3.2.2).
    package static func bracketed(_ host: String) -> String {
        UntrustedText(host).contains(byte: ":") && !UntrustedText(host).begins(with: "[") ? "[\(host)]" : host
    }
}
