import NIOHTTP1
import ShrinkrCore

/// What a request's header must be like beyond what the parser checks (RFC 9112).
///
/// Two servers that read one request differently can be made to take a part of it for another request ("smuggling"), so
/// nothing is guessed: what the standard calls an error is one.
enum RequestHeadRules {
    /// Checks a header and brings it into the form that everything behind relies on: the target in origin-form, one
    /// `Host`, and `Connection: close` on the last request of a connection.
    static func apply(to head: inout HTTPRequestHead) throws(Problem) {
        try checkFraming(head)
        try checkHost(head)
        try normaliseTarget(&head)
        if isOld(head.version) { dropWhatIsNewer(in: &head) }
        if isLast(head) { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    }

    /// HTTP/1.0 knows neither expectations nor `Host`. Who sends a `Host` nevertheless is a proxy whose defaults make up one
    /// that looks like ours, and do not say for whom: it must not pass for a program of this machine
    /// (``ClientResolver/isLocal(_:peer:)``).
    private static func dropWhatIsNewer(in head: inout HTTPRequestHead) {
        head.headers.remove(name: "Expect")
        head.headers.remove(name: "Host")
    }

    /// Whether no request can follow: as the client says, or because the parser takes the rest of the connection for
    /// another protocol, to which we do not switch.
    private static func isLast(_ head: HTTPRequestHead) -> Bool {
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
        let codings = fields.joined(separator: ",").split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingWhitespace().lowercased() }
        if codings == ["chunked"] { return }
        guard codings.last == "chunked", !codings.contains("") else {
            throw .malformedRequest("The transfer coding does not say where the request ends.")
        }
        throw .notImplemented("The only transfer coding of requests is 'chunked'.")
    }

    /// RFC 9112, section 3.2.
    private static func checkHost(_ head: HTTPRequestHead) throws(Problem) {
        let hosts = head.headers["Host"]
        guard hosts.count == 1 || (hosts.isEmpty && isOld(head.version)) else {
            throw .malformedRequest("There must be one Host field.")
        }
        guard hosts.allSatisfy({ $0.isEmpty || Authority.isValid($0[...]) }) else {
            throw .malformedRequest("The Host field names no host.")
        }
    }

    /// RFC 9112, section 3.2.1 to 3.2.4.
    private static func normaliseTarget(_ head: inout HTTPRequestHead) throws(Problem) {
        if head.method == .CONNECT { throw .notImplemented("This server is no proxy.") }
        if head.method == .OPTIONS, head.uri == "*" { return }
        guard !head.uri.utf8.contains(UInt8(ascii: "#")) else {
            throw .malformedRequest("A request target has no fragment.")
        }
        if head.uri.utf8.first == UInt8(ascii: "/") { return }
        guard let absolute = AbsoluteTarget(head.uri) else {
            throw .malformedRequest("The request target is neither a path nor the address of a web page.")
        }
        head.uri = absolute.pathAndQuery
        // The target's host counts, whatever the field says.
        head.headers.replaceOrAdd(name: "Host", value: absolute.authority)
    }
}

/// A request target in absolute-form, as it is sent to proxies (RFC 9112, section 3.2.2).
private struct AbsoluteTarget {
    let authority: String
    let pathAndQuery: String

    /// Nil unless the text is an `http` or `https` URL with a host and without user information.
    init?(_ text: String) {
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard Authority.isValid(authority) else { return nil }
        self.authority = String(authority)
        let pathAndQuery = rest.dropFirst(authority.count)
        self.pathAndQuery = (pathAndQuery.first == "/" ? "" : "/") + pathAndQuery
    }
}

/// A host with an optional port.
private enum Authority {
    /// Whether the text is one by RFC 3986, section 3.2.2 and 3.2.3, with a host that is not empty.
    static func isValid(_ text: Substring) -> Bool {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return false }
            let address = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            return address.contains(":") && IPAddress(address) != nil
                && (rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()))
        }
        let host = text.prefix { $0 != ":" }
        return !host.isEmpty && host.utf8.allSatisfy(isPartOfName)
            && (host.endIndex == text.endIndex || isPort(text[host.endIndex...].dropFirst()))
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text.isEmpty || UInt16(text) != nil)
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
