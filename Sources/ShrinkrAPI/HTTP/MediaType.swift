import ShrinkrBase

/// The type of a body, as a `Content-Type` field names it (RFC 9110, section 8.3).
struct MediaType {
    /// Most parameters that are read.
    static let maximumParameters = 16

    /// Type and subtype in lower case.
    let essence: UntrustedText
    /// Whether the text is in UTF-8: as the field says, or because it says nothing of a character set.
    private(set) var isUTF8 = true

    init(_ field: UntrustedText) {
        let (essence, parameters) = field.cut(at: ";")
        self.essence = essence.trimmed.lowercasedASCII
        var rest = parameters
        for _ in 0..<Self.maximumParameters {
            guard let text = rest else { return }
            let (parameter, after) = Self.parameter(text)
            let (name, value) = parameter.cut(at: "=")
            // Of several the first counts (WHATWG MIME Sniffing, section 4.4).
            if name.trimmed.equalsIgnoringCase("charset"), let value {
                isUTF8 = Self.isUTF8(value.trimmed)
                return
            }
            rest = after
        }
    }

    /// What stands before the next semicolon outside of quotes, and what behind it.
    private static func parameter(_ text: UntrustedText) -> (UntrustedText, after: UntrustedText?) {
        var isQuoted = false
        var isEscaped = false
        let end = text.bytes.firstIndex { byte in
            if isEscaped {
                isEscaped = false
                return false
            }
            isEscaped = isQuoted && byte == UInt8(ascii: "\\")
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return byte == UInt8(ascii: ";") && !isQuoted
        }
        guard let end else { return (text, nil) }
        return (UntrustedText(bytes: text.bytes[..<end]), UntrustedText(bytes: text.bytes[(end + 1)...]))
    }

    /// `utf8` is no registered name, and many clients' name for it; ASCII is UTF-8 as well.
    private static func isUTF8(_ value: UntrustedText) -> Bool {
        let isQuoted = value.count >= 2 && value.begins(with: "\"") && value.ends(with: "\"")
        let name = isQuoted ? value.dropFirst().dropLast() : value
        return name.equalsIgnoringCase("utf-8") || name.equalsIgnoringCase("utf8")
            || name.equalsIgnoringCase("us-ascii")
    }
}
