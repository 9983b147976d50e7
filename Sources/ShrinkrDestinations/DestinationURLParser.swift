import ShrinkrBase

/// The WHATWG URL Standard's basic URL parser (section 4.4), cut down to `http` and `https` without a base URL.
///
/// It reads the input once from front to back and writes the serialised URL as it goes. Non-ASCII bytes are encoded
/// one by one, which is what percent-encoding the code points after UTF-8 gives.
struct DestinationURLParser {
    private var rest: ArraySlice<UInt8>
    private var output: [UInt8] = []

    /// Takes the input in; refuses what is too long or holds a control character.
    init(_ text: String) throws(DestinationError) {
        guard text.utf8.count <= DestinationURL.maximumLength else { throw .tooLong }
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .controlCharacter }
        let space = UInt8(ascii: " ")
        rest = bytes.drop { $0 == space }
        while rest.last == space { rest = rest.dropLast() }
    }

    /// Reads the whole input.
    mutating func parse() throws(DestinationError) -> DestinationURL {
        let scheme = try parseScheme()
        rest = rest.drop(while: Self.isSlash)
        let (host, port) = try parseAuthority(scheme: scheme)
        output += "\(scheme.rawValue)://\(host)".utf8
        if let port { output += ":\(port)".utf8 }

        let pathStart = output.count
        writePath(take { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        let pathEnd = output.count
        let queryRange = writeQuery()
        writeFragment()

        guard output.count <= DestinationURL.maximumLength else { throw .tooLong }
        return DestinationURL(
            string: String(decoding: output, as: UTF8.self), scheme: scheme, host: host, port: port,
            pathRange: pathStart..<pathEnd, queryRange: queryRange)
    }

    private static func isSlash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    /// Removes and returns the longest start of the rest whose bytes all satisfy `belongs`.
    private mutating func take(while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = rest.prefix(while: belongs)
        rest = rest[taken.endIndex...]
        return taken
    }
}

// MARK: - Scheme and authority

extension DestinationURLParser {
    /// Reads up to and including the first colon.
    private mutating func parseScheme() throws(DestinationError) -> DestinationURL.Scheme {
        let name = take { $0.isASCIIAlphanumeric || "+-.".utf8.contains($0) }
        guard let first = name.first, first.isASCIILetter, rest.popFirst() == UInt8(ascii: ":") else {
            throw .notAbsolute
        }
        let text = UntrustedText(bytes: name)
        if text.equalsIgnoringCase("https") { return .https }
        if text.equalsIgnoringCase("http") { return .http }
        throw .schemeNotAllowed
    }

    private mutating func parseAuthority(
        scheme: DestinationURL.Scheme
    ) throws(DestinationError) -> (host: DestinationHost, port: UInt16?) {
        let authority = take { !Self.isSlash($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard !authority.contains(UInt8(ascii: "@")) else { throw .userInfoNotAllowed }
        let end = Self.hostEnd(authority)
        let hostText = authority[..<end]
        guard !hostText.isEmpty else { throw .hostMissing }
        guard let host = HostParser.parse(hostText) else { throw .hostInvalid }
        let port = try Self.parsePort(authority[end...].dropFirst())
        return (host, port == scheme.defaultPort ? nil : port)
    }

    /// The index of the first colon outside brackets, or the end.
    private static func hostEnd(_ authority: ArraySlice<UInt8>) -> Int {
        var isInBrackets = false
        for (index, byte) in zip(authority.indices, authority) {
            switch byte {
            case UInt8(ascii: "["): isInBrackets = true
            case UInt8(ascii: "]"): isInBrackets = false
            case UInt8(ascii: ":") where !isInBrackets: return index
            default: break
            }
        }
        return authority.endIndex
    }

    /// Reads the digits after the colon; none at all is the default port, as in `http://example.com:/`. Nobody can connect to
    /// port 0 (RFC 6335, section 6: it is reserved).
    private static func parsePort(_ digits: ArraySlice<UInt8>) throws(DestinationError) -> UInt16? {
        guard !digits.isEmpty else { return nil }
        var port: UInt16 = 0
        for byte in digits {
            guard let digit = byte.hexDigitValue, digit < 10 else { throw .portInvalid }
            let (product, overflow) = port.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt16(digit))
            guard !overflow, !carry else { throw .portInvalid }
            port = sum
        }
        guard port > 0 else { throw .portInvalid }
        return port
    }
}

// MARK: - Path, query and fragment

extension DestinationURLParser {
    /// Writes the path with its dot segments resolved; a path that is missing becomes `/`.
    private mutating func writePath(_ path: ArraySlice<UInt8>) {
        let start = output.count
        var remaining = path.first.map(Self.isSlash) == true ? path.dropFirst() : path
        while true {
            let segment = remaining.prefix { !Self.isSlash($0) }
            let isLast = segment.endIndex == remaining.endIndex
            writeSegment(segment, isLast: isLast, pathStart: start)
            if isLast { return }
            remaining = remaining[(segment.endIndex + 1)...]
        }
    }

    private mutating func writeSegment(_ segment: ArraySlice<UInt8>, isLast: Bool, pathStart: Int) {
        switch Self.dotCount(segment) {
        case 1:
            if isLast { output.append(UInt8(ascii: "/")) }
        case 2:
            removeLastSegment(pathStart: pathStart)
            if isLast { output.append(UInt8(ascii: "/")) }
        default:
            output.append(UInt8(ascii: "/"))
            PercentEncoding.encode(segment, .path, into: &output)
        }
    }

    /// Written segments never hold a slash of their own, so the last slash is where the last segment starts.
    private mutating func removeLastSegment(pathStart: Int) {
        guard let slash = output[pathStart...].lastIndex(of: UInt8(ascii: "/")) else { return }
        output.removeSubrange(slash...)
    }

    /// 1 for `.`, 2 for `..`, each dot possibly written `%2e`; `nil` for any other segment.
    private static func dotCount(_ segment: ArraySlice<UInt8>) -> Int? {
        var remaining = segment
        var count = 0
        while count <= 2, let first = remaining.first {
            if first == UInt8(ascii: ".") {
                remaining = remaining.dropFirst()
            } else if remaining.starts(with: "%2e".utf8) || remaining.starts(with: "%2E".utf8) {
                remaining = remaining.dropFirst(3)
            } else {
                return nil
            }
            count += 1
        }
        return remaining.isEmpty && count > 0 ? count : nil
    }

    /// Writes the query, if there is one, and returns its range without the question mark.
    private mutating func writeQuery() -> Range<Int>? {
        guard rest.first == UInt8(ascii: "?") else { return nil }
        rest.removeFirst()
        output.append(UInt8(ascii: "?"))
        let start = output.count
        PercentEncoding.encode(take { $0 != UInt8(ascii: "#") }, .specialQuery, into: &output)
        return start..<output.count
    }

    private mutating func writeFragment() {
        guard rest.popFirst() == UInt8(ascii: "#") else { return }
        output.append(UInt8(ascii: "#"))
        PercentEncoding.encode(rest, .fragment, into: &output)
    }
}

/// The host parser of the WHATWG URL Standard, section 3.5, for special schemes.
enum HostParser {
    /// Reads a host as it stands in a URL; `nil` if it is invalid.
    static func parse(_ text: ArraySlice<UInt8>) -> DestinationHost? {
        if text.first == UInt8(ascii: "[") {
            guard text.count > 1, text.last == UInt8(ascii: "]") else { return nil }
            return IPv6Notation.parse(text.dropFirst().dropLast()).map(DestinationHost.ipv6)
        }
        guard let domain = asciiDomain(PercentEncoding.decode(text)),
            !domain.isEmpty, !domain.contains(where: URLByteSet.forbiddenInDomain.contains)
        else { return nil }
        if IPv4Notation.endsInNumber(domain) {
            return IPv4Notation.parse(domain).map(DestinationHost.ipv4)
        }
        return .domain(String(decoding: domain, as: UTF8.self))
    }

    /// The domain parser with beStrict false, section 3.3. An ASCII name is never refused here, not even for an `xn--`
    /// label that is no Punycode: since June 2026 the standard takes it as DNS would.
    private static func asciiDomain(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map(\.asciiLowercased) }
        return String(validating: bytes, as: UTF8.self).flatMap(InternationalDomain.toASCII)
    }
}
