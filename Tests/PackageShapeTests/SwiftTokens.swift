/// The words and signs of a Swift file, without its comments and texts. What stands in `\(…)` of a text counts.
///
/// No parser: enough to see what a file imports, declares and uses.
struct SwiftTokens {
    private(set) var tokens: [String] = []
    private let bytes: [UInt8]
    private var position = 0

    static func of(_ bytes: [UInt8]) -> [String] {
        var reader = SwiftTokens(bytes: bytes)
        reader.readCode(inParentheses: false)
        return reader.tokens
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        tokens.reserveCapacity(bytes.count / 5)
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    /// Reads to the end, or to the parenthesis that ends an interpolation.
    private mutating func readCode(inParentheses: Bool) {
        var depth = 0
        while position < bytes.count {
            switch byte() {
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): skipLine()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "\""): readText(hashes: 0)
            case UInt8(ascii: "#"): readHashes()
            case let byte where Self.isWord(byte): readWord()
            case UInt8(ascii: "-") where byte(1) == UInt8(ascii: ">"):
                tokens.append("->")
                position += 2
            case let byte where byte <= UInt8(ascii: " ") || byte == UInt8(ascii: "`"): position += 1
            case let byte:
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if depth < 0, inParentheses { return position += 1 }
                tokens.append(String(UnicodeScalar(byte)))
                position += 1
            }
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...:
            true
        default: false
        }
    }

    private mutating func readWord() {
        let start = position
        while Self.isWord(byte()) { position += 1 }
        tokens.append(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func skipLine() {
        while position < bytes.count, byte() != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0 && position < bytes.count
    }

    /// A raw text such as `#"…"#`, or a word such as `#expect`.
    private mutating func readHashes() {
        var hashes = 0
        while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        position += hashes
        if byte() == UInt8(ascii: "\"") { readText(hashes: hashes) }
    }

    private mutating func readText(hashes: Int) {
        let isLong = byte(1) == UInt8(ascii: "\"") && byte(2) == UInt8(ascii: "\"")
        let quotes = isLong ? 3 : 1
        position += quotes
        while position < bytes.count {
            if byte() == UInt8(ascii: "\\"), follow(UInt8(ascii: "#"), hashes, at: 1) {
                position += 1 + hashes
                let isInterpolation = byte() == UInt8(ascii: "(")
                position += 1
                if isInterpolation { readCode(inParentheses: true) }
            } else if follow(UInt8(ascii: "\""), quotes, at: 0), follow(UInt8(ascii: "#"), hashes, at: quotes) {
                return position += quotes + hashes
            } else {
                position += 1
            }
        }
    }

    private func follow(_ sign: UInt8, _ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == sign }
    }
}
