import Glibc

/// How hard a secret is to guess for somebody who knows how people make them up: a low estimate in bits.
///
/// What repeats earlier characters, counts up or down, or follows a row of the keyboard adds next to nothing; letters that
/// follow each other as in English words count as words. Everything else counts as drawn at random from its kinds of
/// characters. Random texts therefore keep nearly all of their bits.
enum GuessingEffort {
    /// Bits of a letter of a word, after Shannon's "Prediction and Entropy of Printed English" (1951): 0.6 to 1.3, and
    /// something for the choice of the word.
    private static let bitsOfWordLetter = 1.5
    /// Bits of a repetition or a sequence, however long it is.
    private static let bitsOfRun = 4.0
    /// Shortest repetition that is one, in bytes; in random texts so many rarely occur twice.
    private static let repetition = 4

    /// - Parameter text: ASCII.
    static func bits(of text: some Sequence<UInt8>) -> Double {
        let bytes = Array(text)
        let (kept, runs) = withoutRuns(bytes)
        return bits(ofKept: kept) + Double(runs) * bitsOfRun
    }

    private static func bits(ofKept bytes: [UInt8]) -> Double {
        // Those of one kind, such as only "a" and "b", are not drawn from all letters.
        let distinct = Set(bytes).count
        let perCharacter = log2(Double(min(alphabet(of: bytes), distinct * 3)))
        guard isMadeOfWords(bytes) else { return Double(bytes.count) * max(0, perCharacter) }
        return bytes.reduce(0) { bits, byte in
            bits + (isLetter(plain(byte)) ? bitsOfWordLetter : isDigit(byte) ? log2(10) : 1)
        }
    }

    /// The number of characters in all kinds that occur.
    private static func alphabet(of bytes: [UInt8]) -> Int {
        if isHexadecimal(bytes) { return 16 }
        var size = 0
        if bytes.contains(where: isDigit) { size += 10 }
        if bytes.contains(where: isLower) { size += 26 }
        if bytes.contains(where: { (0x41...0x5A).contains($0) }) { size += 26 }
        if bytes.contains(where: { !isDigit($0) && !isLetter($0) }) { size += 32 }
        return size
    }

    /// Hexadecimal digits with letters among them; UUIDs have hyphens too.
    private static func isHexadecimal(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
            && bytes.contains(where: isLetter)
    }

    // MARK: Repetitions and sequences

    /// What is left without runs, of which the first character stays, and how many there were.
    private static func withoutRuns(_ bytes: [UInt8]) -> (kept: [UInt8], runs: Int) {
        var (kept, runs, index) = ([UInt8](), 0, 0)
        while index < bytes.count {
            let sequence = lengthOfSequence(in: bytes, at: index)
            let repeated = lengthOfRepetition(in: bytes, at: index)
            let length = max(sequence, repeated)
            if length > 0 {
                runs += 1
                index += length
            } else {
                kept.append(bytes[index])
                index += 1
            }
        }
        return (kept, runs)
    }

    /// How many characters from `start` on also stand, in any case, further left; 0 for fewer than ``repetition``.
    private static func lengthOfRepetition(in bytes: [UInt8], at start: Int) -> Int {
        var longest = 0
        for earlier in 0..<start {
            var length = 0
            while start + length < bytes.count, lower(bytes[earlier + length]) == lower(bytes[start + length]) {
                length += 1
            }
            longest = max(longest, length)
        }
        return longest >= repetition ? longest : 0
    }

    /// How many characters from `start` on are the same, count up or down, or lie beside each other on a keyboard; 0 for
    /// fewer than four.
    private static func lengthOfSequence(in bytes: [UInt8], at start: Int) -> Int {
        var longest = 0
        for step in [0, 1, -1] {
            var end = start + 1
            while end < bytes.count, Int(lower(bytes[end])) - Int(lower(bytes[end - 1])) == step { end += 1 }
            longest = max(longest, end - start)
        }
        for row in keyboardRows {
            var end = start + 1
            while end < bytes.count, isStep(lower(bytes[end - 1]), lower(bytes[end]), in: row) { end += 1 }
            longest = max(longest, end - start)
        }
        return longest >= 4 ? longest : 0
    }

    /// Rows of a keyboard, and its columns one behind the other, with and without the digits above them.
    private static let keyboardRows = [
        "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "qazwsxedcrfvtgbyhnujmikolp",
    ].map { Array($0.utf8) }

    private static func isStep(_ one: UInt8, _ other: UInt8, in row: [UInt8]) -> Bool {
        guard let place = row.firstIndex(of: one), let next = row.firstIndex(of: other) else { return false }
        return abs(place - next) == 1
    }

    // MARK: Words

    /// Whether the text is pieces of letters or digits alone, such as `my-api-key-2`, or at least half of its pairs of
    /// letters are among those of which English mostly consists; of random letters about one in seven is. Hexadecimal
    /// digits are taken to be that.
    private static func isMadeOfWords(_ bytes: [UInt8]) -> Bool {
        guard !isHexadecimal(bytes) else { return false }
        if isListOfWords(bytes) { return true }
        var (pairs, common) = (0, 0)
        for (one, other) in zip(bytes, bytes.dropFirst()) {
            let pair = [plain(one), plain(other)]
            guard pair.allSatisfy(isLetter) else { continue }
            pairs += 1
            // Words begin with a capital, if anything; random texts change the case anywhere.
            let changesCase = isLower(one) && (0x41...0x5A).contains(other)
            if !changesCase, commonPairs.contains([lower(pair[0]), lower(pair[1])]) { common += 1 }
        }
        return pairs >= 4 && common * 2 >= pairs
    }

    private static func isListOfWords(_ bytes: [UInt8]) -> Bool {
        let pieces = bytes.split { "-_.:/+ ".utf8.contains($0) }
        return pieces.count > 2
            && pieces.allSatisfy { piece in
                piece.allSatisfy(isDigit)
                    || (isLetter(piece[piece.startIndex]) && piece.dropFirst().allSatisfy(isLower))
            }
    }

    /// The hundred most frequent pairs of letters in English texts (Norvig, "English Letter Frequency Counts", 2013).
    private static let commonPairs = Set(
        """
        th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne
        ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa
        ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh
        """.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) })

    /// The letter that a digit or sign often stands for.
    private static func plain(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "@"), UInt8(ascii: "4"): UInt8(ascii: "a")
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"), UInt8(ascii: "!"): UInt8(ascii: "i")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        default: byte
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
