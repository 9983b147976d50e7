import ShrinkrBase

/// The code that a request for a short link asks for, freed of what chats, mails and people leave at the end of a link.
///
/// No code has any of the characters that are dropped, so nothing that is a code is mistaken for another.
package struct FollowedCode: Hashable, Sendable {
    package let code: ShortCode
    /// Whether the preview is asked for, by a `+` behind the code.
    package let isPreview: Bool

    /// Reads the one segment of a path, as it stands in the request; nil where no link can be meant.
    ///
    /// Behind the code, and behind the `+` of a preview, there may be: punctuation, to the end; or white space, a quotation
    /// mark, an angle bracket, all of which end a URL in a text (RFC 3986, appendix C), or `&`, `?` and `#`, which begin
    /// another part of it, with anything after.
    ///
    /// - Parameter next: the segment after a slash behind the code, if there is one: it may hold the same.
    package init?(segment: some Sequence<UInt8>, next: (some Sequence<UInt8>)?) {
        self.init(segment: segment)
        guard let next else { return }
        guard Self.isLeftover(PercentEncoding.decode(Array(next)[...])[...]) else { return nil }
    }

    /// The same for a path of one segment.
    package init?(segment: some Sequence<UInt8>) {
        let bytes = PercentEncoding.decode(Array(segment)[...])
        let text = bytes.prefix(ShortCode.maximumLength + 1).prefix(while: ShortCode.isAllowed)
        guard let code = ShortCode(String(decoding: text, as: UTF8.self)) else { return nil }
        var rest = bytes[text.endIndex...]
        isPreview = rest.first == UInt8(ascii: "+")
        if isPreview { rest.removeFirst() }
        guard Self.isLeftover(rest) else { return nil }
        self.code = code
    }

    private static func isLeftover(_ rest: ArraySlice<UInt8>) -> Bool {
        guard !rest.isEmpty else { return true }
        // Cut in the middle of a character, as by a limit of bytes, it is still no code.
        for scalar in String(decoding: rest, as: UTF8.self).unicodeScalars {
            if endsLinks(scalar) { return true }
            guard isPunctuation(scalar) else { return false }
        }
        return true
    }

    private static func endsLinks(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "&", "?", "#", "<", ">", "\"", "'", "`", "\t", "\n", "\r": true  // text: one scalar.
        case "\u{FFFD}": true  // text: one scalar.
        default:
            // text: one scalar.
            scalar.properties.isWhitespace || scalar.properties.isQuotationMark
                || scalar.properties.generalCategory == .format
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        // With `=` mails end lines that go on (RFC 2045, section 6.7).
        if scalar.isASCII { return ".,;:!()[]{}*~|\\^=".unicodeScalars.contains(scalar) }
        switch scalar.properties.generalCategory {
        case .closePunctuation, .openPunctuation, .dashPunctuation, .otherPunctuation, .initialPunctuation,
            .finalPunctuation, .nonspacingMark:
            return true
        default: return false
        }
    }
}
