/// One label of a domain name in Unicode, and the rules of UTS #46 section 4.1 for it.
struct DomainLabel {
    let codePoints: [UInt32]
    private let properties: [CodePointProperties]

    /// - Returns: `nil` where a code point may not stand in a domain name.
    init?(_ codePoints: [UInt32]) {
        let properties = codePoints.compactMap(IDNATable.properties)
        guard properties.count == codePoints.count else { return nil }
        self.codePoints = codePoints
        self.properties = properties
    }

    var isASCII: Bool { codePoints.allSatisfy { $0 < 0x80 } }

    var startsWithMark: Bool { properties.first?.isMark == true }

    /// Whether the label makes its name a bidirectional one.
    var isRightToLeft: Bool {
        properties.contains { $0.direction == .rightToLeft || $0.direction == .arabicNumber }
    }
}

// MARK: - Joiners

extension DomainLabel {
    private static let nonJoiner: UInt32 = 0x200C
    private static let joiner: UInt32 = 0x200D

    /// The contextual rules of RFC 5892, appendices A.1 and A.2: a joiner follows a virama; a non-joiner does so too, or
    /// parts two letters that would join.
    var satisfiesJoinerRules: Bool {
        codePoints.indices.allSatisfy { index in
            switch codePoints[index] {
            case Self.joiner: followsVirama(index)
            case Self.nonJoiner: followsVirama(index) || partsJoiningLetters(index)
            default: true
            }
        }
    }

    private func followsVirama(_ index: Int) -> Bool { index > 0 && properties[index - 1].isVirama }

    private func partsJoiningLetters(_ index: Int) -> Bool {
        let before = properties[..<index].last { $0.joining != .transparent }?.joining
        let after = properties[(index + 1)...].first { $0.joining != .transparent }?.joining
        return (before == .left || before == .dual) && (after == .right || after == .dual)
    }
}

// MARK: - Bidirectional names

extension DomainLabel {
    /// The rule of RFC 5893 section 2, which each label of a bidirectional name must satisfy.
    var satisfiesBidiRule: Bool {
        guard let first = properties.first?.direction else { return true }
        guard let last = properties.last(where: { $0.direction != .nonspacingMark })?.direction else { return false }
        switch first {
        case .leftToRight:
            return hasOnly([.leftToRight, .europeanNumber, .neutral, .nonspacingMark])
                && [.leftToRight, .europeanNumber].contains(last)
        case .rightToLeft:
            return hasOnly([.rightToLeft, .arabicNumber, .europeanNumber, .neutral, .nonspacingMark])
                && [.rightToLeft, .arabicNumber, .europeanNumber].contains(last)
                && !(has(.arabicNumber) && has(.europeanNumber))
        default:
            return false
        }
    }

    private func has(_ direction: CodePointProperties.Direction) -> Bool {
        properties.contains { $0.direction == direction }
    }

    private func hasOnly(_ directions: Set<CodePointProperties.Direction>) -> Bool {
        properties.allSatisfy { directions.contains($0.direction) }
    }
}
