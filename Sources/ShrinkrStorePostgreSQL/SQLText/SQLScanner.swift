#if PostgreSQL
import ShrinkrBase

/// Splits an SQL text into tokens as PostgreSQL does with `standard_conforming_strings` on, so that neither comments,
/// strings, quotes nor letter case can hide a statement (PostgreSQL documentation, "Lexical Structure").
struct SQLScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [SQLToken] = []

    /// - Throws: ``SQLTextError`` where a comment, string or name does not end, or where spellings are used that only
    ///   hide what is meant.
    static func tokens(of text: [UInt8]) throws(SQLTextError) -> [SQLToken] {
        var scanner = SQLScanner(bytes: text)
        while try scanner.scanToken() {}
        return scanner.tokens
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private func isAt(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        byte() == UInt8(ascii: first) && byte(1) == UInt8(ascii: second)
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<min(count, bytes.count - position) {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    /// Reads one token, comment or space; false at the end.
    private mutating func scanToken() throws(SQLTextError) -> Bool {
        guard let first = byte() else { return false }
        if Self.isSpace(first) {
            advance()
        } else if isAt("-", "-") {
            skipLine()
        } else if isAt("/", "*") {
            try skipComment()
        } else if first == UInt8(ascii: "'") {
            try scanString(prefix: 0, hasEscapes: false)
        } else if first == UInt8(ascii: "\"") {
            try scanQuotedName()
        } else if first == UInt8(ascii: "$") {
            try scanDollar()
        } else if first.isASCIIDigit {
            try scanNumber()
        } else if Self.beginsWord(first) {
            try scanWord()
        } else {
            add(.sign(first), from: position, line: line, count: 1)
        }
        return true
    }

    /// Adds a token of `count` more bytes.
    private mutating func add(_ kind: SQLToken.Kind, from start: Int, line: Int, count: Int = 0) {
        advance(count)
        tokens.append(SQLToken(kind: kind, range: start..<position, line: line))
    }

    private func error(_ problem: String, _ line: Int) -> SQLTextError { SQLTextError(line: line, problem: problem) }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static func beginsWord(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte == 0x5F || byte >= 0x80 }

    private static func continuesWord(_ byte: UInt8) -> Bool {
        beginsWord(byte) || byte.isASCIIDigit || byte == UInt8(ascii: "$")
    }
}

// Spaces and comments
extension SQLScanner {
    private mutating func skipLine() {
        while let next = byte(), !Self.isLineEnd(next) { advance() }
    }

    /// Comments nest, unlike those of C.
    private mutating func skipComment() throws(SQLTextError) {
        let start = line
        var depth = 0
        repeat {
            if isAt("/", "*") {
                depth += 1
                advance(2)
            } else if isAt("*", "/") {
                depth -= 1
                advance(2)
            } else if byte() == nil {
                throw error("a comment does not end", start)
            } else {
                advance()
            }
        } while depth > 0
    }

    /// Whether a string goes on behind its closing quote: after spaces and comments with a line's end among them.
    private mutating func skipToContinuation() -> Bool {
        let (start, startLine) = (position, line)
        var hasLineEnd = false
        while let next = byte() {
            if Self.isSpace(next) {
                hasLineEnd = hasLineEnd || Self.isLineEnd(next)
                advance()
            } else if isAt("-", "-"), hasLineEnd {
                skipLine()
            } else {
                break
            }
        }
        if hasLineEnd, byte() == UInt8(ascii: "'") { return true }
        (position, line) = (start, startLine)
        return false
    }
}

// Literals
extension SQLScanner {
    /// Reads a string from its prefix (`E`, `B`, `X`, `N`) on.
    private mutating func scanString(prefix: Int, hasEscapes: Bool) throws(SQLTextError) {
        let (start, startLine) = (position, line)
        advance(prefix)
        repeat {
            advance()
            try skipString(hasEscapes: hasEscapes, startLine)
        } while skipToContinuation()
        add(.literal, from: start, line: startLine)
    }

    /// Goes behind the closing quote.
    private mutating func skipString(hasEscapes: Bool, _ startLine: Int) throws(SQLTextError) {
        while let next = byte() {
            if next == UInt8(ascii: "\\"), hasEscapes {
                advance(2)
            } else if isAt("'", "'") {
                advance(2)
            } else if next == UInt8(ascii: "'") {
                return advance()
            } else {
                advance()
            }
        }
        throw error("a string does not end", startLine)
    }

    /// Reads `$tag$ … $tag$`, a parameter such as `$1`, or the sign alone.
    private mutating func scanDollar() throws(SQLTextError) {
        let (start, startLine) = (position, line)
        var length = 1
        if byte(1)?.isASCIIDigit == true {
            while byte(length)?.isASCIIDigit == true { length += 1 }
            return add(.literal, from: start, line: startLine, count: length)
        }
        while let next = byte(length), Self.continuesWord(next), next != UInt8(ascii: "$") { length += 1 }
        guard byte(length) == UInt8(ascii: "$") else {
            return add(.sign(UInt8(ascii: "$")), from: start, line: startLine, count: 1)
        }
        let tag = bytes[start...(start + length)]
        advance(tag.count)
        while !bytes[position...].starts(with: tag) {
            guard byte() != nil else { throw error("a string in dollar quotes does not end", startLine) }
            advance()
        }
        add(.literal, from: start, line: startLine, count: tag.count)
    }

    private mutating func scanNumber() throws(SQLTextError) {
        let (start, startLine) = (position, line)
        while let next = byte() {
            let isExponent = next | 0x20 == UInt8(ascii: "e")
            guard next.isASCIIAlphanumeric || next == UInt8(ascii: ".") || next == 0x5F else { break }
            let hasSign = isExponent && (byte(1) == UInt8(ascii: "-") || byte(1) == UInt8(ascii: "+"))
            advance(hasSign && byte(2)?.isASCIIDigit == true ? 2 : 1)
        }
        guard Self.isNumber(bytes[start..<position]) else {
            throw error("a number runs into a word", startLine)
        }
        add(.literal, from: start, line: startLine)
    }

    /// Decimal digits with a point and an exponent, or digits after `0x`, `0o` or `0b`; `_` between digits.
    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        let plain = bytes.filter { $0 != UInt8(ascii: "_") }.map(\.asciiLowercased)
        if plain.starts(with: "0x".utf8) { return plain.dropFirst(2).allSatisfy { $0.hexDigitValue != nil } }
        if plain.starts(with: "0o".utf8) || plain.starts(with: "0b".utf8) {
            return plain.dropFirst(2).allSatisfy(\.isASCIIDigit)
        }
        let parts = plain.split(separator: UInt8(ascii: "e"), omittingEmptySubsequences: false)
        let isMantissa = parts[0].allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
        guard parts.count == 2 else { return isMantissa && parts.count == 1 }
        let exponent = parts[1].drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        return isMantissa && !exponent.isEmpty && exponent.allSatisfy(\.isASCIIDigit)
    }
}

// Words and names
extension SQLScanner {
    private mutating func scanWord() throws(SQLTextError) {
        let (start, startLine, first) = (position, line, bytes[position].asciiLowercased)
        if byte(1) == UInt8(ascii: "'"), "ebxn".utf8.contains(first) {
            return try scanString(prefix: 1, hasEscapes: first == UInt8(ascii: "e"))
        }
        if first == UInt8(ascii: "u"), byte(1) == UInt8(ascii: "&"),
            byte(2) == UInt8(ascii: "\"") || byte(2) == UInt8(ascii: "'")
        {
            throw error("U& hides what is written; write it plainly", startLine)
        }
        while let next = byte(), Self.continuesWord(next) { advance() }
        let folded = bytes[start..<position].map(\.asciiLowercased)
        add(.word(String(decoding: folded, as: UTF8.self)), from: start, line: startLine)
    }

    private mutating func scanQuotedName() throws(SQLTextError) {
        let (start, startLine) = (position, line)
        var name: [UInt8] = []
        advance()
        while let next = byte() {
            if isAt("\"", "\"") {
                name.append(next)
                advance(2)
            } else if next == UInt8(ascii: "\"") {
                return add(.quoted(String(decoding: name, as: UTF8.self)), from: start, line: startLine, count: 1)
            } else {
                name.append(next)
                advance()
            }
        }
        throw error("a name in quotes does not end", startLine)
    }
}
#endif
