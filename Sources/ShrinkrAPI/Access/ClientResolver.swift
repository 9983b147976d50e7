import HTTPTypes
import Hummingbird
import ShrinkrCore

/// Finds out who a request comes from when proxies stand between. Nothing that a request says of its origin is believed
/// unless a trusted proxy says it.
struct ClientResolver: Sendable {
    /// Most hops of one request that are looked at, from ours backwards.
    static let maximumHops = 64
    /// Most bytes of a host with a port: 253 of a name, a dot, a colon and five digits.
    static let maximumHostBytes = 260

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
            Self.listed(request.headers.texts(.xForwardedFor)), Self.forwarded(request.headers.texts(.forwarded)),
            Self.single(request.headers.texts(.xRealIP)),
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

    /// The hops of `X-Forwarded-For`, of which the last ones count; several lines are one list.
    private static func listed(_ lines: [UntrustedText]) -> [ForwardedHop] {
        var hops: [ForwardedHop] = []
        var room = maximumHops
        for line in lines.reversed() {
            var rest: UntrustedText? = line
            while let list = rest, room > 0 {
                let (before, last) = list.cutAtLast(",")
                if !last.isEmpty { hops.append(ForwardedHop(last.bytes)) }
                rest = before
                room -= 1
            }
        }
        return hops.reversed()
    }

    /// The hops of `Forwarded`. A line that cannot be read hides all that its writers and those before them said.
    private static func forwarded(_ lines: [UntrustedText]) -> [ForwardedHop] {
        lines.flatMap { ForwardedField.hops($0.string) ?? [.unknown] }
    }

    /// The hop of `X-Real-IP`, which has one value.
    private static func single(_ lines: [UntrustedText]) -> [ForwardedHop] {
        lines.count > 1 ? [.unknown] : lines.map { ForwardedHop($0.bytes) }
    }

    /// The client's country in two capital letters, if a trusted proxy named it.
    func country(of request: Request, peer: IPAddress?) -> String? {
        guard let countryHeader, let peer, isTrusted(peer),
            let text = request.headers.text(countryHeader)?.uppercasedASCII,
            text.count == 2, text.bytes.allSatisfy({ (0x41...0x5A).contains($0) })
        else { return nil }
        return text.ascii
    }

    /// Whether the request was made on this machine, by a program that talked to us directly: not through a proxy, and
    /// not by a web page that made a browser believe that its host name is ours (DNS rebinding).
    func isLocal(_ request: Request, peer: IPAddress?) -> Bool {
        guard let peer, peer.isLoopback else { return false }
        let isForwarded = request.headers.contains { field in
            let name = UntrustedText(field.name.canonicalName)
            return name.begins(with: "x-forwarded") || name.equals("forwarded") || name.equals("via")
                || name.equals("x-real-ip")
        }
        return !isForwarded && Self.isLoopbackHost(UntrustedText(request.head.authority ?? ""))
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    private static func isLoopbackHost(_ authority: UntrustedText) -> Bool {
        guard let host = host(authority)?.lowercasedASCII else { return false }
        return host.equals("localhost") || (IPAddress(host)?.isLoopback ?? false)
    }

    /// `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1` and names with a port, without brackets and port. Any other text
    /// stays as it is; nil where it is longer than any host with a port.
    private static func host(_ text: UntrustedText) -> UntrustedText? {
        var host = text.trimmed
        guard host.count <= maximumHostBytes else { return nil }
        let (before, port) = host.cutAtLast(":")
        // Without brackets, an IPv6 address has colons of its own.
        if let before, host.begins(with: "[") || !before.contains(byte: ":"), port.bytes.allSatisfy(isDigit) {
            host = before
        }
        let isBracketed = host.begins(with: "[") && host.ends(with: "]") && host.contains(byte: ":")
        return isBracketed ? host.dropFirst().dropLast() : host
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
