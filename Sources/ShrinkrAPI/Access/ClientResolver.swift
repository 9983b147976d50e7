import HTTPTypes
import Hummingbird
import ShrinkrBase

/// Finds out who a request comes from when proxies stand between. Nothing that a request says of its origin is believed
/// unless a trusted proxy says it.
struct ClientResolver: Sendable {
    /// Most hops of one request that are looked at, from ours backwards.
    static let maximumHops = 64

    private let trustedProxies: [IPNetwork]
    private let countryHeader: HTTPField.Name?
    private let listenHost: UntrustedText?

    /// - Parameters:
    ///   - trustedProxies: Networks whose `X-Forwarded-For` is believed.
    ///   - countryHeader: Field in which a trusted proxy names the client's country, if any does.
    ///   - listenHost: The host that the server listens on. Nobody but this machine's owner has given it its name.
    init(trustedProxies: [IPNetwork], countryHeader: String? = nil, listenHost: String? = nil) {
        self.trustedProxies = trustedProxies
        self.countryHeader = countryHeader.flatMap { HTTPField.Name($0) }
        self.listenHost = listenHost.flatMap { HostName.read(UntrustedText($0)) }
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

    /// Why the request was not made on this machine by a program that talked to us directly: it came through a proxy, or from
    /// a web page that made a browser believe that its host name is ours (DNS rebinding). Nil where it was.
    func foreignOrigin(of request: Request, peer: IPAddress?) -> ForeignOrigin? {
        guard let peer, peer.isLoopback else { return .otherMachine }
        guard !ProxyMark.isOn(request.headers) else { return .proxy }
        guard let authority = request.head.authority, !authority.isEmpty else { return .noHost }
        return isLoopbackHost(UntrustedText(authority)) ? nil : .proxy
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    private func isLoopbackHost(_ authority: UntrustedText) -> Bool {
        guard let host = HostName.read(authority) else { return false }
        return HostName.isLoopback(host) || HostName.address(host) == nil && host == listenHost
    }
}
