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
        let host = UntrustedText(text)
        // A port is not part of a host.
        let name = host.contains(byte: ":") ? host.lowercasedASCII : HostName.read(host) ?? host
        let bytes = Array(name.bytes)
        if name.equals("*") {
            allowsEverything = true
        } else if let address = HostName.address(name) {
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
        guard !allowsEverything else { return true }
        guard let host = HostName.read(UntrustedText(authority)) else { return false }
        guard !host.isEmpty else { return true }
        guard let address = HostName.address(host) else { return names.contains(Array(host.bytes)) }
        return addresses == .any || address.isLoopback || address == local || listed.contains(address)
    }
}

extension AllowedHosts {
    /// Whether `host` was listed by itself: not by `*`, nor because it is loopback's.
    package func lists(_ host: some StringProtocol) -> Bool {
        guard let host = HostName.read(UntrustedText(host)) else { return false }
        if let address = HostName.address(host) { return listed.contains(address) }
        return names.contains(Array(host.bytes))
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
