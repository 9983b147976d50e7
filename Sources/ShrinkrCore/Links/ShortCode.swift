/// The part of a short link behind the slash: 1 to 64 characters of `A–Z a–z 0–9 _ -`.
package struct ShortCode: Hashable, Sendable, CustomStringConvertible {
    /// Most characters a code may have.
    package static let maximumLength = 64

    package let text: String

    /// Nil where the text is empty, too long, or has another character.
    package init?(_ text: some StringProtocol) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.text = String(text)
    }

    /// The form under which codes that differ only by case are the same code.
    package var folded: String { text.lowercased() }  // text: a code is ASCII.

    /// The code with small letters.
    package var lowercased: ShortCode { ShortCode(verified: folded) }

    package var description: String { text }

    private init(verified text: String) {
        self.text = text
    }

    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Whether codes that differ by case alone are one code. A database has one rule, for making links and for following them,
/// from the day when it is made.
package enum CodeCase: String, CaseIterable, Hashable, Sendable {
    /// `Swift` and `swift` are one code: the second cannot be made, and either finds the link.
    case insensitive
    /// `Swift` and `swift` are two codes.
    case sensitive

    /// The form in which two ways to write one code are equal.
    package func key(_ code: ShortCode) -> ShortCode {
        switch self {
        case .insensitive: code.lowercased
        case .sensitive: code
        }
    }
}
