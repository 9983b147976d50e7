import ShrinkrCore
import Testing

@Suite("The code generator") struct CodeGeneratorTests {
    @Test("uses 27 letters and digits, none a vowel, none like another")
    func alphabet() {
        #expect(CodeGenerator.alphabet.count == 27)
        #expect(Set(CodeGenerator.alphabet).count == 27)
        #expect(Set(CodeGenerator.alphabet).isDisjoint(with: "01aeiouloILO".utf8))
        #expect(
            CodeGenerator.alphabet.allSatisfy {
                Character(Unicode.Scalar($0)).isLowercase || (0x32...0x39).contains($0)
            })
    }

    @Test("draws codes of the first length, of the alphabet, that differ")
    func shape() {
        let generator = CodeGenerator()
        let codes = (0..<5_000).map { _ in generator.next() }
        #expect(codes.allSatisfy { $0.text.utf8.count == CodeGenerator.initialLength })
        #expect(codes.allSatisfy { $0.text.utf8.allSatisfy(CodeGenerator.alphabet.contains) })
        // Of 5,000 draws out of 10¹⁰ two are equal once in 800 runs, and three pairs once in 10⁹.
        #expect(Set(codes).count > codes.count - 3)
    }

    /// Pearson's test with 26 degrees of freedom for each place of the code: 26 ± 7.2 where all characters are as likely.
    /// Ten times that deviation happens once in 10⁹ runs; a byte taken modulo 27 gives about 137.
    @Test("draws every character as often, in every place")
    func uniformity() {
        let generator = CodeGenerator()
        let draws = 40_000
        var counts = Array(repeating: Array(repeating: 0, count: 256), count: CodeGenerator.initialLength)
        for _ in 0..<draws {
            for (place, byte) in generator.next().text.utf8.enumerated() { counts[place][Int(byte)] += 1 }
        }
        let expected = Double(draws) / 27
        for place in counts {
            let statistic = CodeGenerator.alphabet.reduce(0.0) { sum, byte in
                let deviation = Double(place[Int(byte)]) - expected
                return sum + deviation * deviation / expected
            }
            #expect(statistic < 98)
        }
    }

    @Test("draws longer codes after a second collision among a thousand draws", arguments: [0, 1, 998, 999])
    func frequentCollisions(draws: Int) {
        let generator = CodeGenerator()
        generator.recordCollision()
        for _ in 0..<draws { _ = generator.next() }
        generator.recordCollision()
        #expect(generator.next().text.utf8.count == CodeGenerator.initialLength + 1)
    }

    @Test("keeps the length after collisions that are a thousand draws apart", arguments: [1_000, 1_500])
    func rareCollisions(draws: Int) {
        let generator = CodeGenerator()
        for _ in 0..<3 {
            generator.recordCollision()
            for _ in 0..<draws { #expect(generator.next().text.utf8.count == CodeGenerator.initialLength) }
        }
    }

    @Test("never draws codes that are too long")
    func longestCodes() {
        let generator = CodeGenerator()
        for _ in 0..<200 { generator.recordCollision() }
        #expect(generator.next().text.utf8.count == ShortCode.maximumLength)
    }
}
