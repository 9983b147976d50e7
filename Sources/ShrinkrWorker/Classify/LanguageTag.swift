import ShrinkrCore

/// Reads the language from a tag such as `en-GB` (RFC 5646).
enum LanguageTag {
    /// The primary subtag in lower case: 2 to 8 letters (RFC 5646, section 2.1); ``ClassifiedClick/unknown`` else.
    static func primary(of tag: String?) -> String {
        let subtag = (tag ?? "").utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        guard (2...8).contains(subtag.count), subtag.allSatisfy(\.isASCIILetter) else { return ClassifiedClick.unknown }
        return UntrustedText(bytes: subtag).lowercasedASCII.string
    }
}

extension UInt8 {
    var isASCIILetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }
}
