/// What Unicode says of the code points that domain names are made of: UTS #46's mapping, and what the checks after it
/// need to know.
///
/// The data are made from a version of Unicode by Tests/Scripts/make-idna-table.py, which describes their form.
enum IDNATable {
    /// What to do with a code point in a domain name (UTS #46 section 5, nontransitional processing).
    enum Status: Equatable {
        case valid(CodePointProperties)
        case mapped([UInt32])
        case ignored
        case disallowed
    }

    /// The status of `codePoint`. A lookup is one in a table, and beyond the Basic Multilingual Plane a binary search over
    /// some 9,000 ranges.
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

    /// The values of the Basic Multilingual Plane, 128 KiB: a host that somebody else writes may have thousands of code
    /// points, and a search for each would cost more than all the rest.
    private static let basicPlane: [UInt16] = {
        var values: [UInt16] = []
        values.reserveCapacity(0x1_0000)
        let ranges = rangesData.utf8CodeUnitCount / 7
        for range in 0..<ranges where values.count < 0x1_0000 {
            let end = range + 1 < ranges ? Int(number(rangesData, at: 7 * (range + 1))) : 0x1_0000
            let value = UInt16(truncatingIfNeeded: number(rangesData, at: 7 * range + 4, digits: 3))
            values += repeatElement(value, count: min(end, 0x1_0000) - values.count)
        }
        return values
    }()

    /// The value of the last range that starts at `codePoint` or before it.
    private static func value(of codePoint: UInt32) -> Int {
        if codePoint < 0x1_0000 { return Int(basicPlane[Int(codePoint)]) }
        var found = 0
        var end = rangesData.utf8CodeUnitCount / 7
        while end - found > 1 {
            let middle = (found + end) / 2
            if number(rangesData, at: 7 * middle) <= codePoint { found = middle } else { end = middle }
        }
        return Int(number(rangesData, at: 7 * found + 4, digits: 3))
    }

    private static func mapping(at index: Int) -> [UInt32] {
        var mapping: [UInt32] = []
        var position = 4 * index
        while true {
            let number = number(mappingsData, at: position)
            mapping.append(number & 0x1F_FFFF)
            if number > 0x1F_FFFF { return mapping }
            position += 4
        }
    }

    private static func number(_ data: StaticString, at position: Int, digits: Int = 4) -> UInt32 {
        data.withUTF8Buffer { text in
            text[position..<(position + digits)].reduce(0) { $0 << 6 | UInt32($1 - UInt8(ascii: "0")) }
        }
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
