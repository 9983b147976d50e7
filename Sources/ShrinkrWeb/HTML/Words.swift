import ShrinkrBase

/// Numbers and times as the pages write them.
package enum Words {
    /// `1,234,567`.
    package static func number(_ number: Int) -> String {
        var digits: [UInt8] = []
        for (place, digit) in String(number.magnitude).utf8.reversed().enumerated() {
            if place > 0, place % 3 == 0 { digits.append(UInt8(ascii: ",")) }
            digits.append(digit)
        }
        return (number < 0 ? "-" : "") + String(decoding: digits.reversed(), as: UTF8.self)
    }

    /// `1 person`, `2 people`.
    package static func people(_ number: Int) -> String {
        "\(Self.number(number)) \(number == 1 ? "person" : "people")"
    }

    /// `1 bot`, `2 bots`.
    package static func bots(_ number: Int) -> String { "\(Self.number(number)) \(number == 1 ? "bot" : "bots")" }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `28 Nov 2026` of a time as RFC 3339 writes it, in its own offset; the text itself where it is none.
    package static func day(_ time: String) -> String {
        guard let (year, month, day) = date(time) else { return time }
        return "\(day) \(months[month - 1]) \(year)"
    }

    /// `28 Nov 2026, 09:30 UTC`.
    package static func minute(_ time: String) -> String {
        guard date(time) != nil else { return time }
        return "\(day(time)), \(clock(time)) UTC"
    }

    /// `Nov 28`, or at whole hours `Nov 28, 09:00`.
    package static func shortDay(_ time: String) -> String {
        guard let (_, month, day) = date(time) else { return time }
        return "\(months[month - 1]) \(day)"
    }

    /// `Nov 2026`.
    package static func month(_ time: String) -> String {
        guard let (year, month, _) = date(time) else { return time }
        return "\(months[month - 1]) \(year)"
    }

    /// `09:30`.
    package static func clock(_ time: String) -> String {
        let bytes = UntrustedText(time).bytes
        guard bytes.count >= 16 else { return time }
        return UntrustedText(bytes: bytes.dropFirst(11).prefix(5)).string
    }

    private static func date(_ time: String) -> (year: Int, month: Int, day: Int)? {
        let bytes = UntrustedText(time).bytes
        guard bytes.count >= 10,
            let year = UntrustedText(bytes: bytes.prefix(4)).digits,
            let month = UntrustedText(bytes: bytes.dropFirst(5).prefix(2)).digits, (1...12).contains(month),
            let day = UntrustedText(bytes: bytes.dropFirst(8).prefix(2)).digits
        else { return nil }
        return (year, month, day)
    }
}

/// A moment, in the reader's own zone where there is the script, else in UTC.
package func time(_ moment: String, dayOnly: Bool = false) -> HTML {
    element(
        "time", .plain("datetime", moment), .plain("data-local", dayOnly ? "day" : "minute")
    ) { dayOnly ? Words.day(moment) : Words.minute(moment) }
}
