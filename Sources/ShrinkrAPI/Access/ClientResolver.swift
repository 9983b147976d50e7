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

    /// The client's address: from the right of `X-Forwarded-For` the first address that is no trusted proxy.
    func address(of request: Request, peer: IPAddress?) -> IPAddress? {
        guard let peer, isTrusted(peer) else { return peer }
        var nearest = peer
        for hop in request.headers[values: .xForwardedFor].joined(separator: ",").split(separator: ",").reversed() {
            // A hop that is no address ends what can be known.
            guard let address = IPAddress(Self.withoutPort(hop)) else { return nearest }
            nearest = address
            if !isTrusted(address) { return address }
        }
        return nearest
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
