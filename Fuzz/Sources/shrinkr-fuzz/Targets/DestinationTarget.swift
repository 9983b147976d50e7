@testable import ShrinkrBase
@testable import ShrinkrDestinations

/// The parser of destinations. Input: a URL, and on a second line the query of a request to forward.
enum DestinationTarget {
    static func run(_ input: [UInt8]) {
        var lines = LineReader(input)
        guard let text = lines.text(), let url = try? DestinationURL.parse(text) else { return }
        checkForm(url)
        checkHost(url.host)
        checkPolicy(url)
        if let query = lines.text() { checkForwarding(query, to: url) }
    }

    /// A destination is in the form that it is stored and sent in: reading it again changes nothing.
    private static func checkForm(_ url: DestinationURL) {
        check(url.string.utf8.count <= DestinationURL.maximumLength, "a destination is not too long")
        check(url.string.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "'\(url)' fits into a header")
        check(!url.string.utf8.contains { "<>".utf8.contains($0) }, "'\(url)' fits into a page")
        check(url.path.hasPrefix("/"), "'\(url)' has a path")
        check(url.port != url.scheme.defaultPort, "'\(url)' does not name the default port")
        let port = url.port.map { ":\($0)" } ?? ""
        let query = url.query.map { "?\($0)" } ?? ""
        let parts = "\(url.scheme.rawValue)://\(url.host)\(port)\(url.path)\(query)"
        let rest = url.string.utf8.dropFirst(parts.utf8.count)
        check(url.string.utf8.starts(with: parts.utf8), "'\(url)' is made of its parts, '\(parts)'")
        check(rest.isEmpty || rest.first == UInt8(ascii: "#"), "only a fragment follows in '\(url)'")
        let again = try? DestinationURL.parse(url.string)
        check(again == url, "'\(url)' is read as itself, not as '\(again?.string ?? "nothing")'")
    }

    /// The two readers of IP addresses agree.
    private static func checkHost(_ host: DestinationHost) {
        switch host {
        case .domain(let name):
            check(IPAddress(name) == nil, "the domain '\(name)' is no address")
        case .ipv4(let number):
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
            check(IPAddress(host.description) == IPAddress(bytes: bytes), "'\(host)' is the address \(bytes)")
        case .ipv6(let number):
            let bytes = (0..<16).map { UInt8(truncatingIfNeeded: number >> (120 - 8 * $0)) }
            let text = host.description.dropFirst().dropLast()
            check(IPAddress(text) == IPAddress(bytes: bytes), "'\(host)' is the address \(bytes)")
        }
    }

    /// Nobody gets past a rule by writing a host in another way.
    private static func checkPolicy(_ url: DestinationURL) {
        let own = DestinationPolicy(baseURLs: [url], allowPrivate: true)
        check(refusal(of: url, by: own) == .ownHost, "'\(url)' is ours where it is our base URL")
        let strict = DestinationPolicy(baseURLs: [])
        let isPrivate = refusal(of: url, by: strict) == .privateAddress
        check(isPrivate || !url.host.isLoopback, "the loopback host of '\(url)' is private")
        check(
            isPrivate || url.host.canonical == url.host.canonical.canonical,
            "there is one name for the host of '\(url)'")
        check(url.host.aliases.contains(url.host.canonical), "the host of '\(url)' has its own form among the others")
        for host in url.host.aliases where host.address != nil {
            let list = try? DomainDenyList(parsing: host.description.utf8)
            check(list?.contains(url.host) ?? false, "'\(url)' is denied where \(host) is listed")
        }
        guard let list = try? DomainDenyList(parsing: url.host.description.utf8) else { return }
        guard list.count > 0 else { return }
        check(list.contains(url.host), "the host of '\(url)' is denied where it is listed")
        let denying = DestinationPolicy(baseURLs: [], allowPrivate: true, deniedDomains: list)
        check(refusal(of: url, by: denying) == .deniedDomain, "'\(url)' is refused where its host is listed")
    }

    private static func refusal(of url: DestinationURL, by policy: DestinationPolicy) -> DestinationError? {
        do {
            try policy.check(url)
            return nil
        } catch {
            return error
        }
    }

    /// A forwarded query changes nothing but the query.
    private static func checkForwarding(_ query: String, to url: DestinationURL) {
        let forwarded = url.appendingQuery(query)
        checkForm(forwarded)
        check(forwarded.host == url.host && forwarded.port == url.port, "a query does not change the host of '\(url)'")
        check(forwarded.path == url.path, "a query does not change the path of '\(url)'")
        let (own, whole) = (url.query ?? "", forwarded.query ?? "")
        check(whole.utf8.starts(with: own.utf8), "'\(forwarded)' has the query of '\(url)'")
        check(whole.utf8.count <= own.utf8.count + 1 + 3 * query.utf8.count, "'\(forwarded)' has nothing else")
    }
}
