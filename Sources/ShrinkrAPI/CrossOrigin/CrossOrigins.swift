/// Whose web pages may use the API: the origins that CORS names (Fetch standard, section 3.2).
package enum CrossOrigins: Hashable, Sendable {
    /// Nobody's: the server says nothing of CORS.
    case nobody
    /// Everybody's.
    case everybody
    /// Those of these origins, each as a browser writes it.
    case listed(Set<[UInt8]>)

    /// Reads `https://app.example.com, http://localhost:3000`, or `*`. Nil where a part is no origin: one has a scheme, a
    /// host and perhaps a port, and nothing after them. `null` is none either: every sandboxed page has it.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
            part.filter { $0 != UInt8(ascii: " ") }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        }
        if parts == [[UInt8(ascii: "*")]] {
            self = .everybody
        } else {
            guard parts.allSatisfy(Self.isOrigin) else { return nil }
            self = .listed(Set(parts))
        }
    }

    /// Whether pages of this machine alone are meant.
    package var isLocal: Bool {
        switch self {
        case .nobody: true
        case .everybody: false
        case .listed(let origins):
            origins.allSatisfy { origin in
                let authority = Array(origin.drop { $0 != UInt8(ascii: "/") }.dropFirst(2))
                return ["localhost", "127.0.0.1", "[::1]"].contains { host in
                    let rest = authority.dropFirst(host.utf8.count)
                    return authority.starts(with: host.utf8) && (rest.isEmpty || rest.first == UInt8(ascii: ":"))
                }
            }
        }
    }

    private static func isOrigin(_ origin: [UInt8]) -> Bool {
        let scheme = origin.prefix { $0 != UInt8(ascii: ":") }
        let rest = origin.dropFirst(scheme.count)
        guard (scheme.first.map { (0x61...0x7A).contains($0) } ?? false), rest.starts(with: "://".utf8),
            scheme.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0) })
        else { return false }
        let authority = rest.dropFirst(3)
        return !authority.isEmpty && authority.count <= 260
            && authority.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@*,\\\"'".utf8.contains($0) }
    }
}
