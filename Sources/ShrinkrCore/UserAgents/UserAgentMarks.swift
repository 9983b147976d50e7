import ShrinkrBase

/// Marks by how they begin, so that each word of a user agent is compared with few of them. Everything is flat: this is
/// searched for each word.
struct UserAgentMarks: Sendable {
    struct Mark: Sendable {
        /// Where its bytes are.
        let bytes: Range<Int>
        /// Whether the last word may go on.
        let isOpen: Bool
        /// Whether it must stand where a program's own name does.
        let isName: Bool
        /// Where the rules are that hold where the mark is there.
        fileprivate(set) var effects = 0..<0
    }

    /// A rule that holds where a mark is there.
    struct Effect: Sendable {
        let section: UserAgentData.Section
        let rank: Int
        fileprivate let mark: Int
    }

    private(set) var marks: [Mark] = []
    /// By mark.
    private(set) var effects: [Effect] = []
    private var bytes: [UInt8] = []
    private var numbers: [UntrustedText: Int] = [:]
    /// Numbers of marks by ``bucket(_:_:)``, and where those of each bucket begin.
    private var sorted: [Int] = []
    private var starts: [Int] = []

    /// The number of a mark, which is a new one where there was none like it; nil for what cannot be a mark.
    mutating func number(of text: UntrustedText) -> Int? {
        if let known = numbers[text] { return known }
        let isName = text.begins(with: "^")
        let body = isName ? text.dropFirst() : text
        let isOpen = body.ends(with: "*")
        let mark = isOpen ? body.dropLast() : body
        guard mark.count >= 2, mark.bytes.first?.isPartOfWord == true, body.lowercasedASCII == body else { return nil }
        numbers[text] = marks.count
        marks.append(Mark(bytes: bytes.count..<(bytes.count + mark.count), isOpen: isOpen, isName: isName))
        bytes += mark.bytes
        return marks.count - 1
    }

    mutating func add(_ section: UserAgentData.Section, _ rank: Int, to mark: Int) {
        effects.append(Effect(section: section, rank: rank, mark: mark))
    }

    /// Sorts what was added.
    mutating func finish() {
        numbers = [:]
        effects.sort { $0.mark < $1.mark }
        for (index, effect) in effects.enumerated() {
            let first = marks[effect.mark].effects.isEmpty ? index : marks[effect.mark].effects.lowerBound
            marks[effect.mark].effects = first..<(index + 1)
        }
        let buckets = marks.map { Self.bucket(bytes[$0.bytes.lowerBound], bytes[$0.bytes.lowerBound + 1]) }
        sorted = marks.indices.sorted { buckets[$0] < buckets[$1] }
        var next = 0
        for bucket in 0...4_096 {
            starts.append(next)
            while next < sorted.count, buckets[sorted[next]] == bucket { next += 1 }
        }
    }

    /// Calls `body` with the number of each mark that is at `start`, where a word begins, and ends with one, and with where
    /// it ends.
    @inline(__always)
    func forEach(in text: [UInt8], at start: Int, isName: Bool, _ body: (Int, Int) -> Void) {
        guard start + 1 < text.count else { return }
        let bucket = Self.bucket(text[start], text[start + 1])
        for index in starts[bucket]..<starts[bucket + 1] {
            let mark = marks[sorted[index]]
            let end = start + mark.bytes.count
            guard end <= text.count, isName || !mark.isName else { continue }
            var (place, other) = (start, mark.bytes.lowerBound)
            while place < end, text[place] == bytes[other] { (place, other) = (place + 1, other + 1) }
            guard place == end,
                mark.isOpen || end == text.count || !text[end].isPartOfWord || !text[end - 1].isPartOfWord
            else { continue }
            body(sorted[index], end)
        }
    }

    private static func bucket(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 63) << 6 | Int(second & 63) }
}

/// How words end that name bots.
struct UserAgentEndings: Sendable {
    private var endings: [(bytes: [UInt8], isOfPrograms: Bool)] = []
    /// Whether an ending has these last two letters.
    private var isLast = [Bool](repeating: false, count: 4_096)

    /// Adds an ending; false for what cannot be one.
    mutating func add(_ text: UntrustedText, isOfPrograms: Bool) -> Bool {
        guard text.count >= 2, text.bytes.allSatisfy(\.isPartOfWord) else { return false }
        endings.append((Array(text.bytes), isOfPrograms))
        isLast[Self.bucket(text.bytes)] = true
        return true
    }

    /// Whether the word ends as names of bots do: of any, and of programs.
    func end(of word: ArraySlice<UInt8>) -> (isBot: Bool, isProgram: Bool) {
        guard word.count >= 2, isLast[Self.bucket(word)] else { return (false, false) }
        var (isBot, isProgram) = (false, false)
        for ending in endings where word.suffix(ending.bytes.count).elementsEqual(ending.bytes) {
            if ending.isOfPrograms { isProgram = true } else { isBot = true }
        }
        return (isBot, isProgram)
    }

    private static func bucket(_ word: ArraySlice<UInt8>) -> Int {
        Int(word[word.endIndex - 2] & 63) << 6 | Int(word[word.endIndex - 1] & 63)
    }
}

extension UInt8 {
    /// Letters and digits; bytes beyond ASCII belong to letters.
    var isPartOfWord: Bool { self &- 0x61 < 26 || self &- 0x30 < 10 || self >= 0x80 }
}
