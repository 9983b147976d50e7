import ShrinkrBase

/// ToASCII of UTS #46 (https://www.unicode.org/reports/tr46/, section 4.2) as the WHATWG URL Standard asks for it:
/// CheckBidi and CheckJoiners; not CheckHyphens, UseSTD3ASCIIRules, Transitional_Processing, VerifyDnsLength or
/// IgnoreInvalidPunycode.
///
/// A name that is much longer than the DNS allows (253 octets, RFC 1035, section 2.3.4) is refused all the same, before any
/// work that grows with it: nobody could look it up, and one code point can stand for eighteen.
enum InternationalDomain {
    /// Most code points of a name, mapped and not yet composed. In Punycode each takes an octet or more.
    private static let longestName = 1_024
    private static let dot = UInt32(UInt8(ascii: "."))
    private static let prefix = "xn--".utf8.map { UInt32($0) }

    /// The ASCII form of `domain`; `nil` where it has none.
    static func toASCII(_ domain: String) -> [UInt8]? {
        guard let name = mapped(domain).map(CanonicalComposition.compose) else { return nil }
        var labels: [DomainLabel] = []
        for text in name.split(separator: dot, omittingEmptySubsequences: false) {
            guard let label = label(text), !label.startsWithMark, label.satisfiesJoinerRules else { return nil }
            labels.append(label)
        }
        if labels.contains(where: \.isRightToLeft) {
            guard labels.allSatisfy(\.satisfiesBidiRule) else { return nil }
        }
        return Array(labels.map(encoded).joined(separator: [UInt8(ascii: ".")]))
    }

    /// Replaces what is mapped and leaves out what is ignored.
    private static func mapped(_ domain: String) -> [UInt32]? {
        var output: [UInt32] = []
        for scalar in domain.unicodeScalars {
            guard output.count <= longestName else { return nil }
            switch IDNATable.status(of: scalar.value) {
            case .valid: output.append(scalar.value)
            case .mapped(let replacement): output += replacement
            case .ignored: break
            case .disallowed: return nil
            }
        }
        return output
    }

    /// Reads a label that is in Punycode or not.
    private static func label(_ text: ArraySlice<UInt32>) -> DomainLabel? {
        guard text.starts(with: prefix) else { return DomainLabel(Array(text)) }
        guard text.allSatisfy({ $0 < 0x80 }), let decoded = Punycode.decode(text.dropFirst(prefix.count)),
            let label = DomainLabel(decoded), !label.isASCII, !decoded.starts(with: prefix),
            CanonicalComposition.compose(decoded) == decoded
        else { return nil }
        return label
    }

    private static func encoded(_ label: DomainLabel) -> [UInt8] {
        if label.isASCII { return label.codePoints.map { UInt8(truncatingIfNeeded: $0) } }
        return Array("xn--".utf8) + Punycode.encode(label.codePoints)
    }
}
