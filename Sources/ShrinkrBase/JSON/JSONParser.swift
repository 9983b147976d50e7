/// Reads JSON text strictly as RFC 8259 defines it, and keeps the order of members and those that come twice.
///
/// Foundation's decoder does neither: it also takes UTF-16 and commas too many, and hides all but one of two equal
/// members.
package struct JSONParser {
    /// Most objects and arrays within each other (RFC 8259, section 9 allows a limit).
    static let maximumDepth = 64
    /// Most bytes of a number that is read (RFC 8259, section 6 allows a limit); a longer one stands for infinity, which
    /// is no value of any member. Every number that somebody means is shorter, and what reads numbers need not take
    /// linear time.
    static let maximumNumberBytes = 1_024

    package struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value that the text stands for.
    ///
    /// - Throws: ``Malformed`` where the bytes are not JSON, not UTF-8, or nested too deeply.
    package static func parse(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Malformed() }
        var parser = JSONParser(bytes)
        let value = try parser.value()
        parser.skipWhitespace()
        guard parser.position == bytes.count else { throw Malformed() }
        return value
    }

    private mutating func value() throws(Malformed) -> JSONValue {
        skipWhitespace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try list(closedBy: UInt8(ascii: "}"), JSONParser.member))
        case UInt8(ascii: "["): return .array(try list(closedBy: UInt8(ascii: "]"), JSONParser.element))
        case UInt8(ascii: "\""): return .string(String(decoding: try text(), as: UTF8.self))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    /// What stands between brackets, with commas between.
    private mutating func list<Item>(
        closedBy close: UInt8, _ item: (inout JSONParser) throws(Malformed) -> Item
    ) throws(Malformed) -> [Item] {
        guard depth < Self.maximumDepth else { throw Malformed() }
        depth += 1
        position += 1
        var items: [Item] = []
        skipWhitespace()
        if !skip(close) {
            repeat {
                items.append(try item(&self))
                skipWhitespace()
            } while skip(UInt8(ascii: ","))
            guard skip(close) else { throw Malformed() }
        }
        depth -= 1
        return items
    }

    private static func element(_ parser: inout JSONParser) throws(Malformed) -> JSONValue { try parser.value() }

    private static func member(_ parser: inout JSONParser) throws(Malformed) -> JSONValue.Member {
        parser.skipWhitespace()
        guard parser.peek == UInt8(ascii: "\"") else { throw Malformed() }
        let name = UntrustedText(bytes: try parser.text())
        parser.skipWhitespace()
        guard parser.skip(UInt8(ascii: ":")) else { throw Malformed() }
        return JSONValue.Member(name: name, value: try parser.value())
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Malformed) -> JSONValue {
        guard word.withUTF8Buffer({ bytes[position...].starts(with: $0) }) else { throw Malformed() }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(Malformed) -> JSONValue {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        let end = position
        if skip(UInt8(ascii: ".")) { try digits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
            try digits()
        }
        guard position - start <= Self.maximumNumberBytes else { return .number(.infinity) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if position == end, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text) else { throw Malformed() }
        return .number(number)
    }

    private mutating func digits() throws(Malformed) {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw Malformed() }
    }
}

// Strings (RFC 8259, section 7).
extension JSONParser {
    /// The bytes that the string stands for.
    private mutating func text() throws(Malformed) -> [UInt8] {
        position += 1
        var text: [UInt8] = []
        while let byte = peek, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            default: text.append(byte)
            }
        }
        throw Malformed()
    }

    private mutating func escape() throws(Malformed) -> Unicode.Scalar {
        guard let byte = peek else { throw Malformed() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw Malformed()
        }
    }

    /// A scalar in one or two groups of four digits; half a surrogate pair stands for nothing.
    private mutating func escapedScalar() throws(Malformed) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else { throw Malformed() }
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw Malformed() }
        return scalar
    }

    private mutating func codeUnit() throws(Malformed) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = byte.hexDigitValue else { throw Malformed() }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

extension JSONParser {
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Passes over `byte`, if it is next.
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
