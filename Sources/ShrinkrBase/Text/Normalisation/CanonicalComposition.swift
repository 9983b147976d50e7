/// Normalisation Form C (Unicode Standard, section 3.11).
package enum CanonicalComposition {
    /// The text with its marks in canonical order and all composed that can be. Takes n log n time for n code points,
    /// whatever they are.
    package static func compose(_ text: [UInt32]) -> [UInt32] {
        guard text.contains(where: { $0 >= firstMark }) else { return text }
        var decomposed: [UInt32] = []
        decomposed.reserveCapacity(text.count)
        for codePoint in text { decompose(codePoint, into: &decomposed) }
        var output: [UInt32] = []
        output.reserveCapacity(decomposed.count)
        var starter: Int?
        var lastClass: UInt8 = 0
        for codePoint in inCanonicalOrder(decomposed) {
            let combiningClass = combiningClass(of: codePoint)
            if let index = starter, index == output.count - 1 || lastClass < combiningClass,
                let composed = composed(output[index], codePoint)
            {
                output[index] = composed
                continue
            }
            if combiningClass == 0 { starter = output.count }
            lastClass = combiningClass
            output.append(codePoint)
        }
        return output
    }

    private static func combiningClass(of codePoint: UInt32) -> UInt8 {
        codePoint < firstMark ? 0 : classes[codePoint] ?? 0
    }

    /// Sorts each run of code points that have a combining class; equal ones keep their order.
    private static func inCanonicalOrder(_ text: [UInt32]) -> [UInt32] {
        let classes = text.map(combiningClass)
        var output: [UInt32] = []
        output.reserveCapacity(text.count)
        var start = 0
        while start < text.count {
            let end = classes[start...].firstIndex(of: 0) ?? text.count
            if end > start {
                output += (start..<end).sorted { (classes[$0], $0) < (classes[$1], $1) }.map { text[$0] }
            }
            if end < text.count { output.append(text[end]) }
            start = end + 1
        }
        return output
    }
}

// MARK: - Pairs

extension CanonicalComposition {
    private static let classes = NormalisationTable.combiningClasses()
    private static let decompositions = Dictionary(
        uniqueKeysWithValues: NormalisationTable.decompositions().map { ($0.composed, $0) })
    private static let composites = Dictionary(
        uniqueKeysWithValues: NormalisationTable.decompositions().compactMap { pair in
            pair.second.flatMap { pair.isComposed ? (key(pair.first, $0), pair.composed) : nil }
        })

    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

    /// No code point before it has a combining class, is the second one of a pair, or has a form that is not NFC.
    private static let firstMark: UInt32 = 0x300

    private static func decompose(_ codePoint: UInt32, into output: inout [UInt32]) {
        if let found = decompositions[codePoint] {
            decompose(found.first, into: &output)
            if let second = found.second { output.append(second) }
        } else if let syllable = HangulSyllable(codePoint) {
            output += syllable.jamo
        } else {
            output.append(codePoint)
        }
    }

    private static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        guard second >= firstMark else { return nil }
        return HangulSyllable.composed(first, second) ?? composites[key(first, second)]
    }
}

/// A precomposed Hangul syllable, which is computed from its parts (Unicode Standard, section 3.12).
private struct HangulSyllable {
    private static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    private static let leading: Range<UInt32> = 0x1100..<0x1113
    private static let vowels: Range<UInt32> = 0x1161..<0x1176
    /// The code point before the first trailing consonant stands for none.
    private static let trailing: Range<UInt32> = 0x11A7..<0x11C3

    /// The leading consonant, the vowel, and the trailing consonant if there is one.
    let jamo: [UInt32]

    init?(_ codePoint: UInt32) {
        guard Self.syllables.contains(codePoint) else { return nil }
        let (pair, last) = (codePoint - Self.syllables.lowerBound).quotientAndRemainder(dividingBy: 28)
        let (first, second) = pair.quotientAndRemainder(dividingBy: 21)
        let start = [Self.leading.lowerBound + first, Self.vowels.lowerBound + second]
        jamo = last == 0 ? start : start + [Self.trailing.lowerBound + last]
    }

    package static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leading.contains(first), vowels.contains(second) {
            return syllables.lowerBound + ((first - leading.lowerBound) * 21 + second - vowels.lowerBound) * 28
        }
        guard syllables.contains(first), (first - syllables.lowerBound).isMultiple(of: 28),
            trailing.dropFirst().contains(second)
        else { return nil }
        return first + second - trailing.lowerBound
    }
}
