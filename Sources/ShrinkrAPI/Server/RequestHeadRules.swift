import NIOHTTP1
import ShrinkrBase

/// What a request's header must be like beyond what the parser checks (RFC 9112).
///
/// Two servers that read one request differently can be made to take a part of it for another request ("smuggling"), so
/// nothing is guessed: what the standard calls an error is one.
enum RequestHeadRules {
    /// Most transfer codings of one request that are told apart.
    private static let maximumCodings = 16

    /// Checks a header and brings it into the form that everything behind relies on: the target in origin-form, one
    /// `Host`, and `Connection: close` on the last request of a connection.
    static func apply(to head: inout HTTPRequestHead) throws(Problem) {
        try checkCharacters(head)
        try checkFraming(head)
        trimHost(&head)
        try checkHost(head)
        try normaliseTarget(&head)
        if isOld(head.version) { dropWhatIsNewer(in: &head) }
        if isLast(head) { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    }

    /// Fields that say how to read the message, and that the parser, the framework and we read.
    private static let framing = ["Transfer-Encoding", "Content-Length", "Connection", "Expect", "Host", "Upgrade"]

    /// These fields consist of ASCII tokens (RFC 9110, section 5.6.2). Other text in them is an attempt at something, and
    /// nobody behind this has to think of it.
    private static func checkCharacters(_ head: HTTPRequestHead) throws(Problem) {
        for name in framing {
            guard head.headers[name].allSatisfy({ UntrustedText($0).isASCII }) else {
                throw .malformedRequest("The field \(name) has characters that are not ASCII.")
            }
        }
    }

    /// HTTP/1.0 knows neither expectations nor `Host`. Who sends a `Host` nevertheless is a proxy whose defaults make up one
    /// that looks like ours, and do not say for whom: it must not pass for a program of this machine
    /// (``ClientResolver/foreignOrigin(of:peer:)``).
    private static func dropWhatIsNewer(in head: inout HTTPRequestHead) {
        head.headers.remove(name: "Expect")
        head.headers.remove(name: "Host")
    }

    /// Whether no request can follow: as the client says, or because the parser takes the rest of the connection for
    /// another protocol, to which we do not switch.
    static func isLast(_ head: HTTPRequestHead) -> Bool {
        !head.isKeepAlive || isOld(head.version) || head.headers.contains(name: "Upgrade")
    }

    /// The parser knows 1.1 and 1.0.
    private static func isOld(_ version: HTTPVersion) -> Bool { version == .http1_0 }

    /// RFC 9112, section 6.1. The parser has refused a length beside a transfer coding, lengths that are none or differ,
    /// and codings that do not end in `chunked`.
    private static func checkFraming(_ head: HTTPRequestHead) throws(Problem) {
        let fields = head.headers["Transfer-Encoding"]
        guard !fields.isEmpty else { return }
        guard !isOld(head.version) else {
            throw .malformedRequest("HTTP/1.0 has no transfer codings.")
        }
        let field = UntrustedText(fields.joined(separator: ","))
        if field.trimmed.equalsIgnoringCase("chunked") { return }
        let codings = field.split(on: ",", atMost: maximumCodings)?.map(\.trimmed) ?? []
        guard codings.last?.equalsIgnoringCase("chunked") == true, !codings.contains(where: \.isEmpty) else {
            throw .malformedRequest("The transfer coding does not say where the request ends.")
        }
        throw .notImplemented("The only transfer coding of requests is 'chunked'.")
    }

    /// White space behind a value is none of it (RFC 9112, section 5.1). The parser leaves it there; whoever reads the
    /// other fields drops it.
    private static func trimHost(_ head: inout HTTPRequestHead) {
        let hosts = head.headers["Host"].map { UntrustedText($0) }
        guard hosts.count == 1, hosts[0].trimmed.count < hosts[0].count else { return }
        head.headers.replaceOrAdd(name: "Host", value: hosts[0].trimmed.string)
    }

    /// RFC 9112, section 3.2.
    private static func checkHost(_ head: HTTPRequestHead) throws(Problem) {
        let hosts = head.headers["Host"]
        guard hosts.count == 1 || (hosts.isEmpty && isOld(head.version)) else {
            throw .malformedRequest("There must be one Host field.")
        }
        guard hosts.allSatisfy({ $0.isEmpty || Authority.isValid(UntrustedText($0)) }) else {
            throw .malformedRequest("The Host field names no host.")
        }
    }

    /// RFC 9112, section 3.2.1 to 3.2.4.
    private static func normaliseTarget(_ head: inout HTTPRequestHead) throws(Problem) {
        if head.method == .CONNECT { throw .notImplemented("This server is no proxy.") }
        let target = UntrustedText(head.uri)
        if head.method == .OPTIONS, target.equals("*") { return }
        guard !target.contains(byte: "#") else { throw .malformedRequest("A request target has no fragment.") }
        // Whoever compares the target behind this, as the router does, compares ASCII.
        if !target.isASCII { head.uri = target.percentEncodedASCII }
        if target.begins(with: "/") { return }
        guard let absolute = AbsoluteTarget(UntrustedText(head.uri)) else {
            throw .malformedRequest("The request target is neither a path nor the address of a web page.")
        }
        head.uri = absolute.pathAndQuery
        // The target's host counts, whatever the field says.
        head.headers.replaceOrAdd(name: "Host", value: absolute.authority)
    }
}

/// A request target in absolute-form, as it is sent to proxies (RFC 9112, section 3.2.2).
private struct AbsoluteTarget {
    private static let schemes: [StaticString] = ["http://", "https://"]

    let authority: String
    let pathAndQuery: String

    /// Nil unless the text is an `http` or `https` URL with a host and without user information.
    init?(_ text: UntrustedText) {
        guard let scheme = Self.schemes.first(where: text.beginsIgnoringCase) else { return nil }
        let rest = text.dropFirst(scheme.utf8CodeUnitCount)
        let authority = UntrustedText(bytes: rest.bytes.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
        guard Authority.isValid(authority) else { return nil }
        self.authority = authority.string
        let pathAndQuery = rest.dropFirst(authority.count)
        self.pathAndQuery = (pathAndQuery.begins(with: "/") ? "" : "/") + pathAndQuery.string
    }
}

/// A host with an optional port.
private enum Authority {
    /// Whether the text is one by RFC 3986, section 3.2.2 and 3.2.3, with a host that is not empty.
    static func isValid(_ text: UntrustedText) -> Bool {
        if text.begins(with: "[") {
            let (address, after) = text.dropFirst().cut(at: "]")
            guard let rest = after else { return false }
            return address.contains(byte: ":") && IPAddress(address) != nil
                && (rest.isEmpty || rest.begins(with: ":") && isPort(rest.dropFirst()))
        }
        let (host, port) = text.cut(at: ":")
        return !host.isEmpty && host.bytes.allSatisfy(isPartOfName) && port.map(isPort) ?? true
    }

    private static func isPort(_ text: UntrustedText) -> Bool {
        text.isEmpty || text.digits.map { $0 <= Int(UInt16.max) } ?? false
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~%!$&'()*+,;=".utf8.contains(byte)
        }
    }
}
