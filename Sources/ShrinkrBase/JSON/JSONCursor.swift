/// Goes through JSON text once, as strictly as ``JSONParser``, without making anything of what it passes.
///
/// The first fault breaks the cursor: from then on there is nothing left to read, whatever is asked. So who reads asks
/// once, in the end, whether it was JSON (``isAtEnd``).
package struct JSONCursor {
    /// A string between its quotation marks, as it is written.
    package struct Text {
        package let range: Range<Int>
        /// Whether escapes stand for other bytes (RFC 8259, section 7).
        package let isEscaped: Bool
    }

    /// A value that was passed.
    package enum Value {
        case null
        case bool(Bool)
        case integer(Int)
        /// A number that is no `Int`, or is not written as one.
        case number(Double)
        case text(Text)
        /// An object or an array.
        case compound
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private var isBroken = false

    /// - Parameter bytes: UTF-8, to be valid as long as the cursor is used.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Whether the bytes are one JSON value.
    package static func isJSON(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var cursor = JSONCursor(bytes)
        cursor.skip()
        return cursor.isAtEnd
    }

    /// Whether nothing but white space is left, and everything before was JSON.
    package var isAtEnd: Bool {
        mutating get { next == nil && !isBroken }
    }

    /// The first byte of what comes next.
    package var next: UInt8? {
        mutating get {
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                position += 1
            }
            return nil
        }
    }

    private mutating func fail() {
        isBroken = true
        position = bytes.count
    }

    /// Passes over `byte`, if it is next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}

// Objects and arrays: `if enter() { repeat { … } while hasMore(…) }`.
extension JSONCursor {
    /// Enters the object or array that is next; whether there is anything in it.
    package mutating func enter() -> Bool {
        guard let open = next, open == UInt8(ascii: "{") || open == UInt8(ascii: "[") else { return broken() }
        guard depth < JSONParser.maximumDepth else { return broken() }
        depth += 1
        position += 1
        // The closing bracket of ASCII lies two behind the opening one.
        guard next == open + 2 else { return !isBroken }
        position += 1
        depth -= 1
        return false
    }

    /// Passes over a comma, or leaves the object or array by its bracket; whether more follows.
    package mutating func hasMore(before close: Unicode.Scalar) -> Bool {
        guard let byte = next else { return broken() }
        if byte == UInt8(ascii: ",") {
            position += 1
            return true
        }
        guard byte == UInt8(ascii: close) else { return broken() }
        position += 1
        depth -= 1
        return false
    }

    private mutating func broken() -> Bool {
        fail()
        return false
    }

    /// The name of a member; its value is next.
    package mutating func name() -> Text {
        let name = text()
        guard next == UInt8(ascii: ":") else {
            fail()
            return Text(range: position..<position, isEscaped: false)
        }
        position += 1
        return name
    }

    /// Passes over the elements of the array that is next, and returns how many there are.
    package mutating func count() -> Int {
        var count = 0
        if enter() {
            repeat {
                skip()
                count += 1
            } while hasMore(before: "]")
        }
        return count
    }
}

// Values.
extension JSONCursor {
    /// Passes over the value that is next.
    package mutating func skip() { _ = value() }

    /// Passes over the value that is next, and says what it was.
    package mutating func value() -> Value {
        switch next {
        case UInt8(ascii: "\""): return .text(text())
        case UInt8(ascii: "{"):
            if enter() {
                repeat {
                    _ = name()
                    skip()
                } while hasMore(before: "}")
            }
            return .compound
        case UInt8(ascii: "["):
            _ = count()
            return .compound
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: Value) -> Value {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) { fail() }
        return value
    }

    /// The whole number that is next, if it is written with digits alone and is no more than 18 of them; else nil, and
    /// nothing is passed.
    package mutating func shortInteger() -> Int? {
        guard let first = next else { return nil }
        var place = position
        let isNegative = first == UInt8(ascii: "-")
        if isNegative { place += 1 }
        let start = place
        var number = 0
        while place < bytes.count, bytes[place].isASCIIDigit, place - start < 18 {
            number = number * 10 + Int(bytes[place] - UInt8(ascii: "0"))
            place += 1
        }
        let hasLeadingZero = place > start + 1 && bytes[start] == UInt8(ascii: "0")
        guard place > start, !hasLeadingZero, place < bytes.count, !Self.continuesNumber(bytes[place]) else {
            return nil
        }
        position = place
        return isNegative ? -number : number
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    private mutating func number() -> Value {
        if let integer = shortInteger() { return .integer(integer) }
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { digits() }
        let end = position
        if take(UInt8(ascii: ".")) { digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            digits()
        }
        guard !isBroken else { return .null }
        guard position - start <= JSONParser.maximumNumberBytes else { return .number(.infinity) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if position == end, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text) else {
            fail()
            return .null
        }
        return .number(number)
    }

    private mutating func digits() {
        let start = position
        while position < bytes.count, bytes[position].isASCIIDigit { position += 1 }
        if position == start { fail() }
    }
}

// Strings (RFC 8259, section 7).
extension JSONCursor {
    /// Passes over the string that is next.
    package mutating func text() -> Text {
        guard next == UInt8(ascii: "\"") else {
            fail()
            return Text(range: position..<position, isEscaped: false)
        }
        position += 1
        let start = position
        var isEscaped = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return Text(range: start..<position - 1, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                skipEscape()
            case ..<0x20: fail()
            default: position += 1
            }
        }
        fail()
        return Text(range: position..<position, isEscaped: false)
    }

    private mutating func skipEscape() {
        var escape = JSONEscape(bytes, at: position)
        if escape.read() != nil { position = escape.position } else { fail() }
    }

    /// Whether a string stands for these bytes.
    package func text(_ text: Text, equals other: StaticString) -> Bool {
        if text.isEscaped {
            return withBytes(of: text) { $0.elementsEqual(UnsafeBufferPointer(other)) }
        }
        guard text.range.count == other.utf8CodeUnitCount else { return false }
        for (offset, place) in text.range.enumerated() where bytes[place] != other.utf8Start[offset] { return false }
        return true
    }

    /// Calls `body` with the bytes that a string stands for.
    package func withBytes<Result>(of text: Text, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let written = UnsafeBufferPointer(rebasing: bytes[text.range])
        guard text.isEscaped else { return body(written) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(written.count)
        var place = 0
        while place < written.count {
            guard written[place] == UInt8(ascii: "\\") else {
                decoded.append(written[place])
                place += 1
                continue
            }
            var escape = JSONEscape(written, at: place)
            if let scalar = escape.read() { decoded.append(contentsOf: String(scalar).utf8) }
            place = max(escape.position, place + 1)
        }
        return decoded.withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate init(_ text: StaticString) {
        self.init(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}

/// One escape of a string (RFC 8259, section 7).
private struct JSONEscape {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The byte behind what was read.
    private(set) var position: Int

    /// - Parameter start: the place of the reverse solidus.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        self.bytes = bytes
        position = start + 1
    }

    /// What the escape stands for; nil where it is none.
    mutating func read() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return scalar()
        default: return nil
        }
    }

    /// A scalar in one or two groups of four digits; half a surrogate pair stands for nothing.
    private mutating func scalar() -> Unicode.Scalar? {
        guard let first = unit() else { return nil }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        position += 2
        guard let second = unit(), UTF16.isTrailSurrogate(second) else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    }

    private mutating func unit() -> UInt16? {
        guard position + 4 <= bytes.count else { return nil }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = bytes[position].hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
