/// Where a service answers: scheme, host, port and a path in front of every request's.
package struct ServiceEndpoint: Sendable, Hashable {
    /// The two schemes AWS speaks.
    package enum Scheme: String, Sendable {
        case http, https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// A lower-case name or an address; IPv6 in brackets.
    package private(set) var host: String
    /// The port, `nil` for the scheme's default.
    package let port: Int?
    /// A path in front of the request's, without a slash at its end; mostly empty.
    package let basePath: String
    /// Whether somebody configured it, as for an emulator.
    package let isCustom: Bool

    /// An AWS endpoint by its name.
    init(scheme: Scheme, host: String) {
        self.scheme = scheme
        self.host = host
        self.port = nil
        self.basePath = ""
        self.isCustom = false
    }

    /// A configured endpoint: `http` or `https`, a host, perhaps a port and a path; no user, query or fragment.
    ///
    /// Host and path must be ASCII as they go on the wire; `nil` for anything else.
    package init?(parsing text: String) {
        guard let separator = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !text.utf8.contains(where: { "@?#\\\"<>".utf8.contains($0) })
        else { return nil }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let (host, port) = Self.split(authority) else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port == scheme.defaultPort ? nil : port
        var path = rest[authority.endIndex...]
        while path.last == "/" { path.removeLast() }
        self.basePath = String(path)
        self.isCustom = true
    }

    /// The same endpoint with a label in front of its host, as S3 addresses buckets.
    package func withHostLabel(_ label: String) -> ServiceEndpoint {
        var copy = self
        copy.host = "\(label).\(host)"
        return copy
    }

    /// The `Host` header: the port only where it is not the scheme's default.
    package var hostHeader: String {
        port.map { "\(host):\($0)" } ?? host
    }

    /// The address of a request under this endpoint; path and query already encoded.
    package func url(encodedPath: String, encodedQuery: String) -> String {
        let query = encodedQuery.isEmpty ? "" : "?\(encodedQuery)"
        return "\(scheme.rawValue)://\(hostHeader)\(basePath)\(encodedPath)\(query)"
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Int?)? {
        let hostEnd: Substring.Index
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let host = authority[..<hostEnd]
        guard host.utf8.contains(where: { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }) else { return nil }
        if hostEnd == authority.endIndex { return (host, nil) }
        guard authority[hostEnd] == ":", let port = UInt16(authority[authority.index(after: hostEnd)...]), port > 0
        else { return nil }
        return (host, Int(port))
    }
}

/// What differs between services before a request is made.
package struct AWSService: Sendable, Hashable {
    /// The name in the credential scope and in logs.
    package let signingName: String
    /// The first labels of the public endpoint's host.
    package let endpointPrefix: String
    /// The suffix of `AWS_ENDPOINT_URL_…`.
    package let environmentName: String

    /// Makes a service whose names are all the same word.
    ///
    /// - Parameter endpointPrefix: What its host begins with, where that is another.
    package init(_ name: String, endpointPrefix: String? = nil) {
        self.signingName = name
        self.endpointPrefix = endpointPrefix ?? name
        self.environmentName = name.uppercased()
    }
}
