extension UTCTime {
    /// Reads the one form of an HTTP date that servers still send, `Sun, 06 Nov 1994 08:49:37 GMT`
    /// (RFC 9110 section 5.6.7).
    package init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[0].utf8.count == 4,
            let month = Self.monthNames.firstIndex(of: words[2]),
            let day = Self.number(words[1], digits: 2),
            let year = Self.number(words[3], digits: 4)
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3,
            let hour = Self.number(clock[0], digits: 2),
            let minute = Self.number(clock[1], digits: 2),
            let second = Self.number(clock[2], digits: 2)
        else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }

    /// Reads the times in credential documents, `2026-11-22T20:00:00Z`, with or without a fraction of a second.
    package init?(iso8601 text: String) {
        guard text.utf8.count >= 20, text.hasSuffix("Z") else { return nil }
        let fields = text.prefix(19).split(separator: "T", omittingEmptySubsequences: false)
        guard fields.count == 2, text.dropFirst(19).dropLast().allSatisfy({ $0 == "." || $0.isNumber }) else {
            return nil
        }
        let date = fields[0].split(separator: "-", omittingEmptySubsequences: false)
        let clock = fields[1].split(separator: ":", omittingEmptySubsequences: false)
        guard date.count == 3, clock.count == 3,
            let year = Self.number(date[0], digits: 4),
            let month = Self.number(date[1], digits: 2),
            let day = Self.number(date[2], digits: 2),
            let hour = Self.number(clock[0], digits: 2),
            let minute = Self.number(clock[1], digits: 2),
            let second = Self.number(clock[2], digits: 2)
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    private static let monthNames: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
