package import ShrinkrBase

/// Text of others on a terminal: nothing in it moves the cursor, changes colours, types, or turns what follows around.
package enum TerminalText {
    /// The text with each character that a terminal would obey written out as JSON does: `\u001b`.
    package static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isObeyed) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isObeyed(scalar) { safe.append(contentsOf: written(scalar).unicodeScalars) } else { safe.append(scalar) }
        }
        return String(safe)
    }

    /// JSON on one line, in which such characters are written out as well. It means the same to a program.
    package static func json(_ value: JSONValue) -> String {
        safe(String(decoding: value.bytes, as: UTF8.self))
    }

    /// Control characters (C0, DEL and C1), line separators, and format characters such as those that turn the direction
    /// of text (Unicode Standard Annex 9). The two joiners stay: Persian and family pictures need them.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return scalar.value != 0x200C && scalar.value != 0x200D
        default: return false
        }
    }

    private static func written(_ scalar: Unicode.Scalar) -> String {
        UTF16.encode(scalar).map { units in
            units.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }.joined()
        } ?? ""
    }

    // MARK: - Width

    /// Blocks of characters that are two cells wide (Unicode Standard Annex 11), beside emoji: Hangul, what Chinese and
    /// Japanese are written with, Yi, forms for vertical text, full-width forms.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
        0x20000...0x3FFFD,
    ]

    /// How many cells of a terminal the text takes: East Asian characters two, combining marks none.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        let isWide = scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
        return isWide ? 2 : 1
    }

    /// The beginning of the text that fits into so many cells; where something is left out, an ellipsis ends it.
    package static func cut(_ text: String, to cells: Int) -> String {
        // A text of few bytes has few cells.
        if text.utf8.count <= cells || width(text) <= cells { return text }
        var room = cells - 1
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            room -= width(scalar)
            guard room >= 0 else { break }
            kept.append(scalar)
        }
        kept.append("…")
        return String(kept)
    }
}
