import Foundation
import ShrinkrBase
import TestSupport
import Testing

@Suite("Normalised text", .ownThread) struct NormalisationTests {
    /// The scalars of the text in the form in which it is stored.
    private func normalised(_ text: String) -> [UInt32] {
        UntrustedText(text).normalised.string.unicodeScalars.map(\.value)
    }

    /// What Foundation makes of it, by data of its own.
    private func reference(_ text: String) -> [UInt32] {
        text.precomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
    }

    /// Scalars that all versions of Unicode in use know alike.
    private static let scalars = (UInt32(0)...0x2_FFFF).compactMap { Unicode.Scalar($0) }.filter { scalar in
        scalar.properties.age.map { $0.major <= 12 } ?? false
    }

    @Test("is what Unicode asks for, scalar by scalar")
    func everyScalar() {
        for scalar in Self.scalars where normalised(String(scalar)) != reference(String(scalar)) {
            Issue.record("\(String(scalar.value, radix: 16)) becomes \(normalised(String(scalar)))")
        }
    }

    @Test("is what Unicode asks for, in sequences of letters and marks", arguments: 0..<20)
    func sequences(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        // Foundation does not put a syllable and the consonant behind it together, as it has to.
        let pool = Self.scalars.filter { !(0xAC00...0xD7A3).contains($0.value) }.filter { scalar in
            scalar.properties.canonicalCombiningClass != .notReordered
                || reference(String(scalar))
                    != String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
                || (0x41...0x7A).contains(scalar.value) || (0x1100...0x11FF).contains(scalar.value)
        }
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                if let scalar = pool.randomElement(using: &generator) { text.append(scalar) }
            }
            // Foundation takes some letters for parts of syllables that are none; ``hangul()`` looks at these.
            if text.contains(where: { (0x1100...0x11FF).contains($0.value) }) { continue }
            let once = normalised(String(text))
            #expect(once == reference(String(text)), "\(text.map { String($0.value, radix: 16) })")
            #expect(normalised(UntrustedText(String(text)).normalised.string) == once)
        }
    }

    @Test("puts the parts of a Hangul syllable together")
    func hangul() {
        #expect(normalised("\u{1100}\u{1161}\u{11AB}") == [0xAC04])
        #expect(normalised("\u{AC00}\u{11AB}") == [0xAC04])
        #expect(normalised("\u{AC01}\u{11AB}") == [0xAC01, 0x11AB])
        #expect(normalised("\u{1100}\u{301}\u{1161}") == [0x1100, 0x301, 0x1161])
    }

    /// A sort that takes the square of this would take minutes.
    @Test("takes no time that grows with the square of a run of marks", .timeLimit(.minutes(1)))
    func longRun() {
        let marks = String(repeating: "\u{301}", count: 200_000) + String(repeating: "\u{316}", count: 200_000)
        let sorted = normalised("a" + marks)
        #expect(sorted.count == 400_000)
        #expect(sorted.first == 0xE1 || sorted[1] == 0x316)
        #expect(Array(sorted.suffix(3)) == [0x301, 0x301, 0x301])
    }

    @Test("stands for bytes that are no text by U+FFFD")
    func noText() {
        #expect(UntrustedText(bytes: [0x61, 0xFF, 0xC3]).normalised.string == "a\u{FFFD}\u{FFFD}")
        #expect(!UntrustedText(bytes: [0x61, 0xFF]).isUTF8)
    }

    @Test("is percent-decoded and -encoded by bytes")
    func percent() {
        #expect(UntrustedText("a%C3%A9%zz%4").percentDecoded.string == "a\u{E9}%zz%4")
        #expect(UntrustedText("/\u{E9}?q=%20").percentEncodedASCII == "/%C3%A9?q=%20")
        #expect(UntrustedText("007").digits == 7)
        #expect(UntrustedText("").digits == nil)
        #expect(UntrustedText("+1").digits == nil)
        #expect(UntrustedText("9223372036854775808").digits == nil)
        #expect(UntrustedText("a,b,c").cutAtLast(",").after.equals("c"))
        #expect(UntrustedText("abc").cutAtLast(",").before == nil)
    }
}
