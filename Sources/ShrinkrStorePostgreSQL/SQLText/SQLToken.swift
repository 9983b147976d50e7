#if PostgreSQL
/// A word, literal or sign of an SQL text.
struct SQLToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A keyword, or a name without quotes: in small letters, as PostgreSQL folds it.
        case word(String)
        /// A name in double quotes, without them.
        case quoted(String)
        /// A string of any kind, a number or a parameter.
        case literal
        /// Any other character.
        case sign(UInt8)
    }

    let kind: Kind
    /// Where its bytes are in the text.
    let range: Range<Int>
    /// The line that it begins on, from 1.
    let line: Int

    func isSign(_ character: Unicode.Scalar) -> Bool { kind == .sign(UInt8(ascii: character)) }
}

/// An SQL text that PostgreSQL would not read, or that could be taken for another one.
struct SQLTextError: Error, Hashable, CustomStringConvertible {
    let line: Int
    /// What is wrong, as a sentence without a full stop.
    let problem: String

    var description: String { "line \(line): \(problem)" }
}
#endif
