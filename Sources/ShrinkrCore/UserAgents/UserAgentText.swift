import ShrinkrBase

/// A `User-Agent` as ``UserAgentRule`` reads it: bytes with ASCII letters small, cut into words of letters and digits.
///
/// Words are what is compared, never parts of them: `CamScanner` and a phone called `POWER BOT` are no bots. Takes time
/// linear in the length.
struct UserAgentText {
    private let data: UserAgentData
    private let bytes: [UInt8]
    /// The first rule of each section that holds; `Int.max` where none does.
    private var ranks: [Int]
    /// Whether it says `compatible; NAME`, and the name is not that of a browser: how bots have introduced themselves since
    /// Netscape's days.
    private(set) var isCompatibleProgram = false
    /// Whether a word ends as names of bots do: one that is followed by a version, any, and any that names a program.
    private(set) var (endsAsBotWithVersion, endsAsBot, endsAsProgram) = (false, false, false)
    /// Whether a word that ends as names of programs do is followed by a version.
    private(set) var endsAsProgramWithVersion = false
    /// Whether there is an address under which to ask about this client: with a plus before it, and any.
    private(set) var (declaresContact, hasAddress) = (false, false)
    /// Whether the name of a host is there.
    private(set) var hasDomain = false
    /// Where the platform's parenthesis ends, where the last word that names a browser does, and where Android is named.
    private var (platformEnd, browserEnd) = (0, 0)
    private var android = Int.max

    init(_ userAgent: String, _ data: UserAgentData) {
        self.data = data
        // As much as a click keeps, so that both services judge the same text.
        let text = UntrustedText(userAgent).prefix(bytes: ClickLimits.userAgentBytes).lowercasedASCII
        // Some settings keep the quotation marks around what they hold.
        bytes = Array(text.bytes.drop { $0 == UInt8(ascii: "\"") })
        ranks = [Int](repeating: .max, count: UserAgentData.Section.allCases.count)
        read()
    }

    /// The name of the first rule of a section that holds; nil where none does.
    func name(in section: UserAgentData.Section) -> String? {
        has(section) ? data.name(ranks[section.rawValue], in: section) : nil
    }

    func has(_ section: UserAgentData.Section) -> Bool { ranks[section.rawValue] != .max }

    /// Whether it begins as browsers do, and names an engine where all browsers do.
    var hasBrowserStructure: Bool {
        if has(.beginnings) || has(.phones) || begins("opera/") { return true }
        guard begins("mozilla/"), has(.engines),
            let space = bytes.firstIndex(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "(") }),
            let platform = bytes[space...].firstIndex(where: { $0 != UInt8(ascii: " ") })
        else { return false }
        // The platform follows at once, in parentheses, which some proxies take away.
        return bytes[platform] == UInt8(ascii: "(") || matches("linux;", at: platform)
    }

    /// Whether something stands where desktop browsers have nothing: inside of `(KHTML, like Gecko)`, before `AppleWebKit`,
    /// or a word of letters at the end that names no browser.
    var hasAddition: Bool {
        if let engine = position(of: "applewebkit/") {
            let before = bytes[..<engine].last { $0 != UInt8(ascii: " ") }
            if before != UInt8(ascii: ")") { return true }
            let likeness: StaticString = "(khtml, like gecko"
            if let start = position(of: likeness) {
                let end = start + likeness.utf8CodeUnitCount
                if end < bytes.count, bytes[end] != UInt8(ascii: ")") { return true }
            }
        }
        return endsWithBareWord
    }

    private var endsWithBareWord: Bool {
        guard let space = bytes.lastIndex(of: UInt8(ascii: " ")), space > 0, browserEnd < bytes.count,
            let previous = bytes[..<space].lastIndex(of: UInt8(ascii: " "))
        else { return false }
        let word = bytes[(space + 1)...]
        guard word.allSatisfy({ $0 &- 0x61 < 26 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else {
            return false
        }
        return ["safari/", "chrome/", "firefox/", "edg/"].contains { matches($0, at: previous + 1) }
    }

    /// The number that follows `name`, such as the 17 of `os 17_5`; nil where there is none.
    func number(after name: StaticString) -> Int? {
        guard let start = position(of: name) else { return nil }
        let digits = bytes[(start + name.utf8CodeUnitCount)...].prefix { $0 &- 0x30 < 10 }
        return digits.isEmpty ? nil : digits.prefix(5).reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    }

    /// Where the text is first, at the beginning of a word.
    private func position(of text: StaticString) -> Int? {
        let first = text.utf8Start.pointee
        return bytes.indices.first { index in
            bytes[index] == first && (index == 0 || !bytes[index - 1].isPartOfWord) && matches(text, at: index)
        }
    }

    private func begins(_ text: StaticString) -> Bool { matches(text, at: 0) }

    private func matches(_ text: StaticString, at start: Int) -> Bool {
        guard bytes.count - start >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[start + index] != text.utf8Start[index] { return false }
        return true
    }

    // MARK: Reading

    private mutating func read() {
        platformEnd = bytes.firstIndex(of: UInt8(ascii: ")")) ?? 0
        android = position(of: "android") ?? .max
        var isThere = [Bool](repeating: false, count: data.marks.marks.count)
        var words = WordReader()
        while let word = words.next(in: bytes) { read(word, words, &isThere) }
        for combination in data.combinations {
            guard combination.rank < ranks[combination.section.rawValue],
                combination.present.allSatisfy({ isThere[$0] }), !combination.missing.contains(where: { isThere[$0] })
            else { continue }
            ranks[combination.section.rawValue] = combination.rank
        }
    }

    private mutating func read(_ word: Range<Int>, _ words: WordReader, _ isThere: inout [Bool]) {
        var (isBrowser, isNoEnding) = (false, false)
        data.marks.forEach(in: bytes, at: word.lowerBound, isName: words.isName) { number, end in
            isThere[number] = true
            for index in data.marks.marks[number].effects {
                let effect = data.marks.effects[index]
                switch effect.section {
                case .beginnings where word.lowerBound > 0: continue
                case .bots where isDevice(word.lowerBound, end): continue
                case .browsers where isDevice(word.lowerBound, end): continue
                case .domains where !isEndOfHost(word): continue
                case .domains: hasDomain = true
                case .browsers: browserEnd = word.upperBound
                case .compatible: isBrowser = true
                case .notEndings: isNoEnding = true
                case .addresses: noteAddress(at: word.lowerBound)
                default: break
                }
                if effect.rank < ranks[effect.section.rawValue] { ranks[effect.section.rawValue] = effect.rank }
            }
        }
        if words.followsCompatible, !isBrowser { isCompatibleProgram = true }
        if isMailHost(word) { hasAddress = true }
        if !isNoEnding { noteEnding(of: word) }
    }

    /// Whether this stands where Android's phones and tablets name themselves: anything may be such a name.
    private func isDevice(_ start: Int, _ end: Int) -> Bool {
        start > android && start < platformEnd && (end == bytes.count || bytes[end] != UInt8(ascii: "/"))
    }

    /// Whether a word ends the name of a host, such as the last one in `www.example.com`.
    private func isEndOfHost(_ word: Range<Int>) -> Bool {
        let (start, end) = (word.lowerBound, word.upperBound)
        return start > 1 && bytes[start - 1] == UInt8(ascii: ".") && bytes[start - 2].isPartOfWord
            && (end == bytes.count || bytes[end] != UInt8(ascii: "."))
    }

    private mutating func noteAddress(at start: Int) {
        hasAddress = true
        let before = bytes[..<start].last { $0 != 0x20 }
        if before == UInt8(ascii: "+") { declaresContact = true }
    }

    /// Whether the word is the beginning of a host in an address of mail.
    private func isMailHost(_ word: Range<Int>) -> Bool {
        let (start, end) = (word.lowerBound, word.upperBound)
        return start > 1 && bytes[start - 1] == UInt8(ascii: "@") && bytes[start - 2].isPartOfWord
            && bytes[start] &- 0x61 < 26 && end + 1 < bytes.count && bytes[end] == UInt8(ascii: ".")
            && bytes[end + 1] &- 0x61 < 26
    }

    private mutating func noteEnding(of word: Range<Int>) {
        let letters = bytes[word].prefix(through: bytes[word].lastIndex { $0 &- 0x30 >= 10 } ?? word.lowerBound)
        let (isBot, isProgram) = data.endings.end(of: letters)
        guard isBot || isProgram else { return }
        let end = word.upperBound
        let hasVersion = end + 1 < bytes.count && bytes[end] == UInt8(ascii: "/") && bytes[end + 1] &- 0x30 < 10
        if isProgram { (endsAsProgram, endsAsProgramWithVersion) = (true, endsAsProgramWithVersion || hasVersion) }
        if isBot { (endsAsBot, endsAsBotWithVersion) = (true, endsAsBotWithVersion || hasVersion) }
    }
}

/// Cuts a user agent into words, and knows where a word stands.
private struct WordReader {
    private var number = 0
    private var position = 0
    private var isMozilla = false
    private var previous = 0..<0
    /// Whether the word stands behind `compatible;`.
    private(set) var followsCompatible = false
    /// Whether the word stands where a program's own name does: at the beginning, behind `compatible;`, or behind
    /// `Mozilla/5.0`.
    private(set) var isName = false

    mutating func next(in bytes: [UInt8]) -> Range<Int>? {
        while position < bytes.count, !bytes[position].isPartOfWord { position += 1 }
        guard position < bytes.count else { return nil }
        let start = position
        while position < bytes.count, bytes[position].isPartOfWord { position += 1 }
        followsCompatible =
            bytes[previous].elementsEqual("compatible".utf8) && bytes[previous.upperBound] == UInt8(ascii: ";")
        if number == 0 { isMozilla = bytes[start..<position].elementsEqual("mozilla".utf8) }
        isName = number == 0 || followsCompatible || isMozilla && number == 3
        number += 1
        previous = start..<position
        return previous
    }
}
