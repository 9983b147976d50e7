/// What Unicode says of the code points that domain names are made of: UTS #46's mapping, and what the checks after it
/// need to know.
///
/// `idna.table` holds the data; Tests/Scripts/make-idna-table.py makes it from a version of Unicode and describes its
/// form.
enum IDNATable {
    /// What to do with a code point in a domain name (UTS #46 section 5, nontransitional processing).
    enum Status: Equatable {
        case valid(CodePointProperties)
        case mapped([UInt32])
        case ignored
        case disallowed
    }

    /// A pair of code points that NFC composes to one.
    struct Composition {
        let first: UInt32
        let second: UInt32
        let composed: UInt32
    }

    private static let bytes = PackageResources.idna_table
    private static let ranges = (start: 9, count: number(at: 0))
    private static let mappings = (start: ranges.start + 5 * ranges.count, count: number(at: 3))
    private static let compositionsStart = mappings.start + 3 * mappings.count

    /// The status of `codePoint`. A lookup is a binary search over some 9,000 ranges.
    static func status(of codePoint: UInt32) -> Status {
        let value = value(of: codePoint)
        switch value {
        case 0x7000: return .ignored
        case 0x7001: return .disallowed
        case 0x8000...: return .mapped(mapping(at: value & 0x7FFF))
        default: return .valid(CodePointProperties(rawValue: UInt16(value)))
        }
    }

    /// What is known of `codePoint`; `nil` unless it may stand in a domain name as it is.
    static func properties(of codePoint: UInt32) -> CodePointProperties? {
        let value = value(of: codePoint)
        return value < 0x7000 ? CodePointProperties(rawValue: UInt16(value)) : nil
    }

    /// All compositions, save those of Hangul syllables.
    static func compositions() -> [Composition] {
        (0..<number(at: 6)).map { index in
            let start = compositionsStart + 9 * index
            return Composition(
                first: UInt32(number(at: start)), second: UInt32(number(at: start + 3)),
                composed: UInt32(number(at: start + 6)))
        }
    }

    /// The value of the last range that starts at `codePoint` or before it.
    private static func value(of codePoint: UInt32) -> Int {
        var found = 0
        var end = ranges.count
        while end - found > 1 {
            let middle = (found + end) / 2
            if number(at: ranges.start + 5 * middle) <= codePoint { found = middle } else { end = middle }
        }
        let start = ranges.start + 5 * found + 3
        return Int(bytes[start]) << 8 | Int(bytes[start + 1])
    }

    private static func mapping(at index: Int) -> [UInt32] {
        var mapping: [UInt32] = []
        var position = mappings.start + 3 * index
        while true {
            let number = number(at: position)
            mapping.append(UInt32(number & 0x1F_FFFF))
            if number > 0x1F_FFFF { return mapping }
            position += 3
        }
    }

    private static func number(at position: Int) -> Int {
        Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
    }
}

/// What the checks of a label need to know of a code point that may stand in it.
struct CodePointProperties: Equatable {
    /// The code point's bidirectional class, as far as RFC 5893 tells them apart.
    enum Direction: UInt16 {
        /// L.
        case leftToRight
        /// R or AL.
        case rightToLeft
        /// AN.
        case arabicNumber
        /// EN.
        case europeanNumber
        /// ES, CS, ET, ON or BN.
        case neutral
        /// NSM.
        case nonspacingMark
        /// Any other, which has no place in a bidirectional name.
        case other
    }

    /// How the code point joins its neighbours in cursive script (Unicode's Joining_Type).
    enum Joining: UInt16 {
        case none, left, right, dual, transparent
    }

    fileprivate let rawValue: UInt16

    var direction: Direction { Direction(rawValue: rawValue >> 12) ?? .other }
    var joining: Joining { Joining(rawValue: rawValue >> 9 & 7) ?? .none }
    /// Whether the General_Category is Mark.
    var isMark: Bool { rawValue & 0x100 != 0 }
    var combiningClass: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    /// Whether the code point is a virama, the sign that takes a consonant's vowel away.
    var isVirama: Bool { combiningClass == 9 }
}
