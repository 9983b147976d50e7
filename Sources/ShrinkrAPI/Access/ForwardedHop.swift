import ShrinkrBase

/// One hop of a request, as a field of a proxy names it.
enum ForwardedHop: Hashable, Sendable {
    case address(IPAddress)
    /// A hop without an address: hidden, unknown, or not readable. It ends what can be known.
    case unknown

    /// A text longer than this is no address: `[`, 45 characters of IPv6, `]:65535`.
    private static let longest = 64

    /// Reads `192.0.2.1:80`, `[2001:db8::1]:80` or `2001:db8::1`, with spaces and tabs around it. Only the port is left
    /// out; whatever else is there is no address.
    init(_ bytes: some BidirectionalCollection<UInt8>) {
        let text = trimmed(bytes)
        self = text.count <= Self.longest ? Self.read(Array(text)) : .unknown
    }

    private static func read(_ text: [UInt8]) -> ForwardedHop {
        var host = text[...]
        let firstColon = host.firstIndex(of: .colon)
        // Without brackets, an IPv6 address has colons of its own.
        if let colon = host.lastIndex(of: .colon), host.first == .openBracket || firstColon == colon,
            host[colon...].dropFirst().allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        {
            host = host[..<colon]
        }
        let isBracketed = host.first == .openBracket && host.last == .closeBracket && host.contains(.colon)
        if isBracketed { host = host.dropFirst().dropLast() }
        return IPAddress(String(decoding: host, as: UTF8.self)).map(ForwardedHop.address) ?? .unknown
    }
}

/// The field `Forwarded` (RFC 7239) of one line.
struct ForwardedField {
    /// Most hops of a line, and parameters of a hop, that are read.
    private static let maximumParts = 64

    /// The hops in the order of the line; nil where it breaks the field's grammar: then nobody can say where the part of
    /// a stranger ends and that of a proxy begins.
    static func hops(_ line: String) -> [ForwardedHop]? {
        var hops: [ForwardedHop] = []
        guard let elements = split(line.utf8, at: .comma), elements.count <= maximumParts else { return nil }
        for element in elements {
            // RFC 9110, section 5.6.1.2: empty elements of a list mean nothing.
            guard !trimmed(element).isEmpty else { continue }
            guard let hop = readHop(element) else { return nil }
            hops.append(hop)
        }
        return hops.isEmpty ? nil : hops
    }

    /// The value of `for` in `for=192.0.2.43;proto=http`; an element without one is a hop that says nothing of itself.
    private static func readHop(_ element: ArraySlice<UInt8>) -> ForwardedHop? {
        var hop: ForwardedHop?
        guard let pairs = split(element, at: .semicolon), pairs.count <= maximumParts else { return nil }
        for pair in pairs {
            guard !trimmed(pair).isEmpty else { continue }
            guard let equals = pair.firstIndex(of: .equals), let value = readValue(pair[(equals + 1)...]) else {
                return nil
            }
            let name = trimmed(pair[..<equals])
            guard !name.isEmpty, name.allSatisfy(isTokenByte) else { return nil }
            guard name.elementsEqual("for".utf8, by: { $0 | 0x20 == $1 }) else { continue }
            // Each parameter occurs once (RFC 7239, section 4).
            guard hop == nil else { return nil }
            hop = ForwardedHop(value)
        }
        return hop ?? .unknown
    }

    /// A token, or what stands between quotes; nil for neither. An IPv6 address needs the quotes by the standard, but
    /// some proxies leave them out, and nothing else can be meant.
    private static func readValue(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let text = trimmed(bytes)
        guard text.first == .quote else {
            let isPlain = text.allSatisfy { isTokenByte($0) || [.colon, .openBracket, .closeBracket].contains($0) }
            return isPlain && !text.isEmpty ? Array(text) : nil
        }
        guard text.count >= 2, text.last == .quote else { return nil }
        var value: [UInt8] = []
        var isEscaped = false
        for byte in text.dropFirst().dropLast() {
            if !isEscaped, byte == .backslash {
                isEscaped = true
                continue
            }
            if !isEscaped, byte == .quote { return nil }
            value.append(byte)
            isEscaped = false
        }
        return isEscaped ? nil : value
    }

    /// The parts between separators that stand outside quotes; nil where a quote is never closed.
    private static func split(_ bytes: some Sequence<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>]? {
        let bytes = Array(bytes)
        var parts: [ArraySlice<UInt8>] = []
        var (start, isQuoted, isEscaped) = (0, false, false)
        for (index, byte) in bytes.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isEscaped = byte == .backslash
                isQuoted = byte != .quote
            } else if byte == .quote {
                isQuoted = true
            } else if byte == separator {
                parts.append(bytes[start..<index])
                start = index + 1
            }
        }
        return isQuoted ? nil : parts + [bytes[start...]]
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// Without the spaces and tabs around it.
private func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
    var text = bytes[...]
    while let first = text.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { text = text.dropFirst() }
    while let last = text.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { text = text.dropLast() }
    return text
}

extension UInt8 {
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let semicolon = UInt8(ascii: ";")
    fileprivate static let equals = UInt8(ascii: "=")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let openBracket = UInt8(ascii: "[")
    fileprivate static let closeBracket = UInt8(ascii: "]")
}
