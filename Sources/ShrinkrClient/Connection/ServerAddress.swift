import ShrinkrBase

/// Where a server answers: scheme, host and port of a URL without a path.
package struct ServerAddress: Equatable, Sendable, CustomStringConvertible {
    /// Most bytes of a host: 253 of a name (RFC 1035, section 2.3.4) and a final dot.
    private static let maximumHost = 254

    /// Whether others on the way cannot read along.
    package let isEncrypted: Bool
    /// In small letters; an IPv6 address in brackets.
    package let host: String
    /// 1 to 65535; that of the scheme where none was given.
    package let port: Int

    /// Reads `https://sho.rt` or `http://127.0.0.1:8000`, with or without a slash at the end; nil for all else.
    package init?(_ text: String) {
        let text = UntrustedText(text)
        let rest: UntrustedText
        if text.beginsIgnoringCase(with: "https://") {
            (isEncrypted, rest) = (true, text.dropFirst(8))
        } else if text.beginsIgnoringCase(with: "http://") {
            (isEncrypted, rest) = (false, text.dropFirst(7))
        } else {
            return nil
        }
        let authority = rest.ends(with: "/") ? rest.dropLast() : rest
        let host = UntrustedText(bytes: HostName.withoutPort(authority.bytes))
        guard Self.isHost(host), let name = host.lowercasedASCII.ascii else { return nil }
        self.host = name
        let standard = isEncrypted ? 443 : 80
        guard authority.count > host.count else {
            port = standard
            return
        }
        guard let port = authority.dropFirst(host.count + 1).digits, (1...65_535).contains(port) else { return nil }
        self.port = port
    }

    private static func isHost(_ host: UntrustedText) -> Bool {
        guard !host.isEmpty, host.count <= maximumHost else { return false }
        if host.begins(with: "[") { return HostName.address(host) != nil }
        return host.bytes.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// The server of this machine, where its settings say that it listens.
    ///
    /// - Parameter environment: `SHRINKR_HTTP_HOST` and `SHRINKR_HTTP_PORT`, as the server reads them.
    package static func local(_ environment: ClientEnvironment) -> ServerAddress? {
        let given = UntrustedText(environment["SHRINKR_HTTP_HOST"] ?? "127.0.0.1")
        // Who listens on every address answers on loopback.
        let host = given.equals("0.0.0.0") ? "127.0.0.1" : given.equals("::") ? "::1" : given.string
        return ServerAddress("http://\(HostName.bracketed(host)):\(environment["SHRINKR_HTTP_PORT"] ?? "8000")")
    }

    /// Whether what is sent does not leave this machine.
    package var isLoopback: Bool { HostName.isLoopback(UntrustedText(host)) }

    /// The URL without a path: `https://sho.rt`, `http://127.0.0.1:8000`.
    package var description: String {
        let scheme = isEncrypted ? "https" : "http"
        return port == (isEncrypted ? 443 : 80) ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }
}
