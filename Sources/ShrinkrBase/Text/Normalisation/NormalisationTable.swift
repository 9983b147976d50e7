/// What Unicode's Normalisation Form C needs to know of code points.
///
/// The data are made from a version of Unicode by Tests/Scripts/make-normalisation-table.py, which describes their form.
enum NormalisationTable {
    /// A canonical decomposition (Unicode Standard, section 3.7).
    struct Decomposition {
        let composed: UInt32
        let first: UInt32
        /// Nil where the code point stands for one other.
        let second: UInt32?
        /// Whether NFC puts the two together again.
        let isComposed: Bool
    }

    /// The canonical combining class of every code point that has one.
    static func combiningClasses() -> [UInt32: UInt8] {
        Dictionary(
            uniqueKeysWithValues: stride(from: 0, to: marksData.utf8CodeUnitCount, by: 6).map { start in
                (number(marksData, at: start), UInt8(number(marksData, at: start + 4, digits: 2)))
            })
    }

    /// All decompositions, save those of Hangul syllables.
    static func decompositions() -> [Decomposition] {
        stride(from: 0, to: decompositionsData.utf8CodeUnitCount, by: 12).map { start in
            let codePoint = number(decompositionsData, at: start)
            let second = number(decompositionsData, at: start + 8)
            return Decomposition(
                composed: codePoint & 0x1F_FFFF, first: number(decompositionsData, at: start + 4),
                second: second == 0 ? nil : second, isComposed: codePoint <= 0x1F_FFFF)
        }
    }

    private static func number(_ data: StaticString, at position: Int, digits: Int = 4) -> UInt32 {
        data.withUTF8Buffer { text in
            text[position..<(position + digits)].reduce(0) { $0 << 6 | UInt32($1 - UInt8(ascii: "0")) }
        }
    }
}
