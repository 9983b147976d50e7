import ShrinkrBase

/// Tells programs that say what they are from people, by the `User-Agent` alone.
///
/// Both services use it: the API so that a link preview uses no visit up, the worker to count bots apart. It believes
/// what a client says of itself; a bot that pretends to be a browser counts as a person.
package enum BotRule {
    /// Goes up with every change of the rule or its data, so that a count says by which rule it was made.
    package static let version = 3

    /// What a user agent says it is.
    package enum Verdict: Hashable, Sendable {
        /// A browser, or an app that shows pages: taken for a person.
        case person
        /// A crawler, link preview, scanner or monitor that says so, or a program that looks at the links of a mail or
        /// a document before a person does.
        case declaredBot
        /// Any other program, such as an HTTP library or command-line client: perhaps run by a person to follow a link.
        case tool
    }

    /// The verdict for a request's user agent; a client that names none is a tool.
    package static func verdict(userAgent: String?) -> Verdict {
        guard let userAgent else { return .tool }
        let text = UserAgentText(userAgent)
        if text.declaresBot { return .declaredBot }
        return text.claimsToBeBrowser ? .person : .tool
    }
}

/// A `User-Agent` as ``BotRule`` reads it: bytes with ASCII letters small, cut into words of letters and digits.
///
/// Words are what is compared, never parts of them: `CamScanner` and a phone called `POWER BOT` are no bots. Time is
/// linear in the length.
struct UserAgentText {
    private let bytes: [UInt8]
    private let words: [Range<Int>]
    /// Whether it begins as browsers do, text browsers and old phones included; all else is a program.
    let claimsToBeBrowser: Bool
    /// Whether a browser's engine is named as well, so that other words may be names of devices and apps.
    private let hasBrowserStructure: Bool

    init(_ userAgent: String) {
        // As much as a click keeps, so that both services judge the same text.
        let text = UntrustedText(userAgent).prefix(bytes: ClickLimits.userAgentBytes).lowercasedASCII
        let bytes = Array(text.bytes)
        let words = Self.words(in: bytes)
        let first = words.first.map { bytes[$0] } ?? []
        let isBrowser = first.startIndex == 0 && BotRuleData.browserBeginnings.contains { $0.matchesWord(first) }
        self.bytes = bytes
        self.words = words
        claimsToBeBrowser = isBrowser
        hasBrowserStructure =
            isBrowser && words.contains { word in BotRuleData.engines.contains { $0.matchesWord(bytes[word]) } }
    }

    /// Whether a crawler, preview, scanner or the like says what it is.
    var declaresBot: Bool {
        if names(BotRuleData.bots) || declaresContact(BotRuleData.contacts) { return true }
        guard hasBrowserStructure else {
            return isCompatibleProgram || names(BotRuleData.programs)
                || wordsEnd(BotRuleData.kinds) || wordsEnd(BotRuleData.programKinds)
        }
        if isCompatibleProgram { return true }
        // On phones, devices and the apps that show pages have any word in their names; a bot in their clothes says more
        // of itself than a name.
        return !isHandheld && (wordsEnd(BotRuleData.kinds) || declaresContact(BotRuleData.addresses))
    }

    /// Whether one of the marks is here, from the beginning of a word to the end of one.
    private func names(_ marks: [UInt8: [UserAgentMark]]) -> Bool {
        words.contains { word in
            marks[bytes[word.lowerBound]]?.contains { $0.matches(bytes, at: word.lowerBound) } ?? false
        }
    }

    /// Whether one of the words ends as names of bots do, device names aside.
    private func wordsEnd(_ kinds: [[UInt8]]) -> Bool {
        words.contains { word in
            let word = bytes[word]
            return kinds.contains { word.count >= $0.count && word.suffix($0.count).elementsEqual($0) }
                && !BotRuleData.notBots.contains { word.elementsEqual($0) }
        }
    }

    /// Whether there is an address under which to ask about this client; browsers have none.
    private func declaresContact(_ contacts: [[UInt8]]) -> Bool {
        bytes.indices.contains { start in
            contacts.contains { bytes[start] == $0[0] && bytes[start...].starts(with: $0) }
        }
    }

    /// Whether it says `compatible; NAME`, and the name is not that of a browser: how bots have introduced themselves
    /// since Netscape's days.
    private var isCompatibleProgram: Bool {
        words.indices.contains { index in
            guard bytes[words[index]].elementsEqual("compatible".utf8), index + 1 < words.endIndex,
                bytes[words[index].upperBound] == UInt8(ascii: ";")
            else { return false }
            let next = bytes[words[index + 1]]
            return !BotRuleData.compatibleBrowsers.contains { next.elementsEqual($0) }
        }
    }

    private var isHandheld: Bool {
        words.contains { word in BotRuleData.handhelds.contains { bytes[word].elementsEqual($0) } }
    }

    private static func words(in bytes: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            if byte.isPartOfWord {
                if start == nil { start = index }
            } else if let first = start {
                words.append(first..<index)
                start = nil
            }
        }
        if let start { words.append(start..<bytes.count) }
        return words
    }
}

/// A text to look for in a user agent.
struct UserAgentMark {
    private let bytes: [UInt8]
    /// Whether the last word may go on.
    private let isBeginning: Bool

    /// - Parameter text: small letters, beginning with a letter or digit; a `*` at its end lets the last word go on.
    init(_ text: StaticString) {
        let all = text.withUTF8Buffer { Array($0) }
        isBeginning = all.last == UInt8(ascii: "*")
        bytes = isBeginning ? all.dropLast() : all
    }

    var firstByte: UInt8 { bytes.first ?? 0 }

    /// Whether the mark is at `start`, where a word begins, and ends with one.
    func matches(_ text: [UInt8], at start: Int) -> Bool {
        let end = start + bytes.count
        guard end <= text.count, text[start..<end].elementsEqual(bytes) else { return false }
        return isBeginning || end == text.count || !text[end].isPartOfWord
    }

    /// Whether the mark is just this word.
    func matchesWord(_ word: ArraySlice<UInt8>) -> Bool {
        isBeginning ? word.starts(with: bytes) : word.elementsEqual(bytes)
    }
}

extension UInt8 {
    /// Letters and digits; bytes beyond ASCII belong to letters.
    fileprivate var isPartOfWord: Bool {
        (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) || self >= 0x80
    }
}
