/// Writes text that came from anywhere so that it can leave neither its line nor its quotes.
///
/// Escaped as in JSON (RFC 8259 section 7): quotes, backslashes and every character that a terminal or a log viewer
/// might obey: C0 and C1 controls, DEL, the Unicode line and paragraph separators, and the bidirectional overrides
/// that can make a line read as something else (Unicode TR 36 section 3.6).
enum SafeText {
    /// Stands where text was cut off.
    static let truncationMarker = "…[truncated]"

    /// Appends `text` without quotes around it. At most `limit` bytes, one escape sequence and the marker.
    static func append(_ text: String, limit: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        for scalar in text.unicodeScalars {
            guard bytes.count - start < limit else {
                bytes.append(contentsOf: truncationMarker.utf8)
                return
            }
            append(scalar, to: &bytes)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar.value {
        case 0x22: bytes.append(contentsOf: #"\""#.utf8)
        case 0x5C: bytes.append(contentsOf: #"\\"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case _ where mayBeObeyed(scalar): appendEscape(UInt16(truncatingIfNeeded: scalar.value), to: &bytes)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private static func mayBeObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    private static func appendEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"\u"#.utf8)
        for shift in [12, 8, 4, 0] {
            let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xf
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
