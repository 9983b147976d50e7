#if PostgreSQL
/// One statement of an SQL text.
struct SQLStatement: Hashable, Sendable {
    let tokens: [SQLToken]
    /// From its first word to its last, without the semicolon.
    let text: String

    var line: Int { tokens[0].line }

    /// The statements of a text, split at the semicolons that are no part of anything else.
    static func all(in text: [UInt8]) throws(SQLTextError) -> [SQLStatement] {
        try SQLScanner.tokens(of: text).split { $0.isSign(";") }.map { tokens in
            let bytes = text[tokens[tokens.startIndex].range.lowerBound..<tokens[tokens.endIndex - 1].range.upperBound]
            return SQLStatement(tokens: Array(tokens), text: String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// Reads the tokens of a statement from its beginning.
struct SQLReader {
    private(set) var rest: ArraySlice<SQLToken>

    init(_ statement: SQLStatement) {
        rest = statement.tokens[...]
    }

    init(_ tokens: ArraySlice<SQLToken>) {
        rest = tokens
    }

    /// The keyword or plain name that comes next; nil before anything else.
    var word: String? {
        guard case .word(let word)? = rest.first?.kind else { return nil }
        return word
    }

    /// Takes the words if they come next, all of them.
    mutating func take(_ words: String...) -> Bool {
        guard rest.starts(with: words, by: { $0.kind == .word($1) }) else { return false }
        rest = rest.dropFirst(words.count)
        return true
    }

    mutating func takeSign(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first?.isSign(sign) == true else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Takes all up to the word and the word itself; false where there is none.
    mutating func skip(to word: String) -> Bool {
        guard let index = rest.firstIndex(where: { $0.kind == .word(word) }) else { return false }
        rest = rest[(index + 1)...]
        return true
    }

    /// Takes the word that comes next, whichever it is.
    mutating func takeWord() -> String? {
        guard let word else { return nil }
        rest = rest.dropFirst()
        return word
    }

    /// Takes a name that may have that of its schema before it, which is left out: whoever compares names should rather
    /// find two tables the same than miss one.
    mutating func takeName() -> String? {
        var name: String?
        repeat {
            switch rest.first?.kind {
            case .word(let text)?, .quoted(let text)?: name = text
            default: return name
            }
            rest = rest.dropFirst()
        } while takeSign(".")
        return name
    }

    /// Takes names with commas between them.
    mutating func takeNames() -> [String] {
        var names: [String] = []
        repeat {
            guard let name = takeName() else { return names }
            names.append(name)
        } while takeSign(",")
        return names
    }

    /// Whether the words stand together somewhere in what is left, outside of parentheses.
    func has(_ words: String...) -> Bool {
        let plain = rest.outsideParentheses
        return plain.indices.contains { plain[$0...].starts(with: words) { $0.kind == .word($1) } }
    }
}

extension ArraySlice<SQLToken> {
    /// The tokens that no parentheses hold, nor the parentheses themselves, which stand as one sign.
    var outsideParentheses: [SQLToken] {
        var depth = 0
        return filter { token in
            if token.isSign("(") || token.isSign("[") { depth += 1 }
            defer { if token.isSign(")") || token.isSign("]") { depth -= 1 } }
            return depth == 0 || depth == 1 && token.isSign("(")
        }
    }

    /// The parts between commas that no parentheses hold.
    var splitAtCommas: [ArraySlice<SQLToken>] {
        var parts: [ArraySlice<SQLToken>] = []
        var (start, depth) = (startIndex, 0)
        for index in indices {
            if self[index].isSign("(") || self[index].isSign("[") { depth += 1 }
            if self[index].isSign(")") || self[index].isSign("]") { depth -= 1 }
            guard depth == 0, self[index].isSign(",") else { continue }
            parts.append(self[start..<index])
            start = index + 1
        }
        return parts + [self[start...]]
    }
}
#endif
