import HTTPTypes
import Hummingbird
import ShrinkrCore

/// Finds out who a request comes from when proxies stand between. Nothing that a request says of its origin is believed
/// unless a trusted proxy says it.
struct ClientResolver: Sendable {
    private let trustedProxies: [IPNetwork]
    private let countryHeader: HTTPField.Name?

    /// - Parameters:
    ///   - trustedProxies: Networks whose `X-Forwarded-For` is believed.
    ///   - countryHeader: Field in which a trusted proxy names the client's country, if any does.
    init(trustedProxies: [IPNetwork], countryHeader: String? = nil) {
        self.trustedProxies = trustedProxies
        self.countryHeader = countryHeader.flatMap { HTTPField.Name($0) }
    }

    /// The client's address: the first address that is no trusted proxy, seen from us, as `X-Forwarded-For`, `Forwarded`
    /// (RFC 7239) or `X-Real-IP` name the hops.
    ///
    /// A proxy writes one or two of the three, and passes on what a stranger has written into the others. So nothing is
    /// guessed where they name different clients: then the nearest hop that is sure counts, which is the trusted proxy
    /// itself. A stranger can hide so, but not pass for somebody else.
    func address(of request: Request, peer: IPAddress?) -> IPAddress? {
        guard let peer, isTrusted(peer) else { return peer }
        let chains = [
            Self.listed(request.headers[values: .xForwardedFor]), Self.forwarded(request.headers[values: .forwarded]),
            Self.single(request.headers[values: .xRealIP]),
        ].filter { !$0.isEmpty }
        let ends = chains.map { end(of: $0, from: peer) }
        let named = Set(ends.filter { !$0.isOurs })
        if named.count > 1 { return peer }
        return (named.first ?? ends.first)?.address ?? peer
    }

    /// Where the hops that one field names lead to.
    private struct ChainEnd: Hashable {
        /// The last address that is sure.
        var address: IPAddress
        /// Whether that is a trusted proxy, and the field says nothing of anybody before it: it contradicts nobody.
        var isOurs: Bool
    }

    private func end(of hops: [ForwardedHop], from peer: IPAddress) -> ChainEnd {
        var end = ChainEnd(address: peer, isOurs: true)
        for hop in hops.reversed() {
            guard case .address(let address) = hop else { return ChainEnd(address: end.address, isOurs: false) }
            end = ChainEnd(address: address, isOurs: isTrusted(address))
            if !end.isOurs { return end }
        }
        return end
    }

    /// The hops of `X-Forwarded-For`; several lines are one list.
    private static func listed(_ lines: [String]) -> [ForwardedHop] {
        lines.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")).map { ForwardedHop($0) } }
    }

    /// The hops of `Forwarded`. A line that cannot be read hides all that its writers and those before them said.
    private static func forwarded(_ lines: [String]) -> [ForwardedHop] {
        lines.flatMap { ForwardedField.hops($0) ?? [.unknown] }
    }

    /// The hop of `X-Real-IP`, which has one value.
    private static func single(_ lines: [String]) -> [ForwardedHop] {
        lines.count > 1 ? [.unknown] : lines.map { ForwardedHop($0.utf8) }
    }

    /// The client's country in two capital letters, if a trusted proxy named it.
    func country(of request: Request, peer: IPAddress?) -> String? {
        guard let countryHeader, let peer, isTrusted(peer), let text = request.headers[countryHeader]?.uppercased(),
            text.utf8.count == 2, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { return nil }
        return text
    }

    /// Whether the request was made on this machine, by a program that talked to us directly: not through a proxy, and
    /// not by a web page that made a browser believe that its host name is ours (DNS rebinding).
    func isLocal(_ request: Request, peer: IPAddress?) -> Bool {
        guard let peer, peer.isLoopback else { return false }
        let isForwarded = request.headers.contains { field in
            let name = field.name.canonicalName
            return name.hasPrefix("x-forwarded") || ["forwarded", "via", "x-real-ip"].contains(name)
        }
        return !isForwarded && Self.isLoopbackHost(request.head.authority ?? "")
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    private static func isLoopbackHost(_ authority: String) -> Bool {
        let host = withoutPort(authority[...]).lowercased()
        return host == "localhost" || (IPAddress(host)?.isLoopback ?? false)
    }

    /// `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1` and names with a port, without brackets and port. Any other text
    /// stays as it is.
    private static func withoutPort(_ text: Substring) -> String {
        var host = text.trimmingWhitespace()
        // Without brackets, an IPv6 address has colons of its own.
        if let colon = host.lastIndex(of: ":"), host.hasPrefix("[") || host.firstIndex(of: ":") == colon,
            host[colon...].dropFirst().utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        {
            host = host[..<colon]
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.contains(":")
        return String(isBracketed ? host.dropFirst().dropLast() : host)
    }
}

extension Substring {
    /// Without the spaces and tabs around it.
    func trimmingWhitespace() -> Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
