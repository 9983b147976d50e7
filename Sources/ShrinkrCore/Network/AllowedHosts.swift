/// The hosts that requests may ask for where only people who mean this service may come in.
///
/// A web page can have its own host name resolved to our address and then talk to us from its visitor's browser (DNS
/// rebinding); `Host` still tells that name. An address in its place was typed by somebody who means it.
package struct AllowedHosts: Hashable, Sendable {
    /// Which addresses may stand in place of a name, beside loopback's and those that are listed.
    package enum Addresses: Hashable, Sendable {
        /// The one that the connection came in by.
        case own
        case any
    }

    private let addresses: Addresses
    private var names: Set<[UInt8]> = [Array("localhost".utf8)]
    private var listed: Set<IPAddress> = []
    private var allowsEverything = false

    package init(addresses: Addresses) {
        self.addresses = addresses
    }

    /// Lists one more host: a name, an address, or `*` for all there are. False where the text is none of them.
    package mutating func insert(_ text: some StringProtocol) -> Bool {
        let bytes = Self.lowercased(Array(text.utf8)[...])
        if bytes == [UInt8(ascii: "*")] {
            allowsEverything = true
        } else if let address = Self.address(bytes) {
            listed.insert(address)
        } else if !bytes.isEmpty, bytes.isName {
            names.insert(bytes)
        } else {
            return false
        }
        return true
    }

    /// Whether a request may ask for `authority`, a host with an optional port. No host at all is allowed: browsers always
    /// name one.
    ///
    /// - Parameter local: The address that the connection came in by.
    package func allows(_ authority: some StringProtocol, local: IPAddress?) -> Bool {
        let host = Self.lowercased(Self.withoutPort(Array(authority.utf8)[...]))
        if allowsEverything || host.isEmpty { return true }
        guard let address = Self.address(host) else { return names.contains(host) }
        return addresses == .any || address.isLoopback || address == local || listed.contains(address)
    }

    private static func withoutPort(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
            bytes[(colon + 1)...].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            // Without brackets, an IPv6 address has colons of its own.
            bytes.first == UInt8(ascii: "[")
                ? bytes[..<colon].last == UInt8(ascii: "]") : bytes.firstIndex(of: UInt8(ascii: ":")) == colon
        else { return bytes }
        return bytes[..<colon]
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// The address that the host is; IPv6 may have its brackets.
    private static func address(_ host: [UInt8]) -> IPAddress? {
        guard let first = host.first, first == UInt8(ascii: "[") || host.allSatisfy(isPartOfAddress) else { return nil }
        let isBracketed = first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        return IPAddress(String(decoding: isBracketed ? Array(host.dropFirst().dropLast()) : host, as: UTF8.self))
    }

    private static func isPartOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

extension [UInt8] {
    /// Whether the bytes, in lower case, can be the name of a host: letters, digits, `-`, `_` and dots.
    fileprivate var isName: Bool {
        allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
