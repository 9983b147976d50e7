extension Timestamp {
    /// The instant in the UTC form of RFC 3339, with milliseconds only where there are any: `2026-11-22T20:15:00Z`.
    package var rfc3339: String { rfc3339(fraction: milliseconds - seconds * 1_000 != 0) }

    /// The same with milliseconds always, so that all texts have one length.
    package var rfc3339WithMilliseconds: String { rfc3339(fraction: true) }

    private func rfc3339(fraction hasFraction: Bool) -> String {
        let day = CivilDate(daysSinceEpoch: utcDay)
        let secondOfDay = Int(seconds - utcDay * 86_400)
        let millisecond = Int(milliseconds - seconds * 1_000)
        let time = [secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60].map { padded($0, 2) }
        let fraction = hasFraction ? "." + padded(millisecond, 3) : ""
        return "\(day)T\(time.joined(separator: ":"))\(fraction)Z"
    }

    /// Reads an RFC 3339 date-time (section 5.6) with any offset; nil where the text is not one.
    ///
    /// Digits past milliseconds are dropped; the leap second `:60` is read as the second after `:59`. In UTC the instant
    /// must be within the years 1 to 9999.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text.utf8)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2), scanner.skip(":"),
            let second = scanner.digits(2), hour < 24, minute < 60, second <= 60,
            let date = CivilDate(year: year, month: month, day: day),
            let millisecond = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let secondOfDay = Int64(hour * 3_600 + minute * 60 + second - offset * 60)
        self.init(milliseconds: (date.daysSinceEpoch * 86_400 + secondOfDay) * 1_000 + Int64(millisecond))
        // An offset may lead out of the years that four digits can name, and so could not be written again.
        guard (1...9_999).contains(CivilDate(daysSinceEpoch: utcDay).year) else { return nil }
    }
}

/// Decimal text of `value` with zeros before it up to `width` digits.
func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// Reads the fixed-width digit groups of a date-time.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String.UTF8View) {
        rest = text[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Milliseconds of an optional fraction; nil where a point has no digit behind it.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        guard var value = digit() else { return nil }
        var places = 1
        while let digit = digit() {
            if places < 3 {
                value = value * 10 + digit
                places += 1
            }
        }
        while places < 3 {
            value *= 10
            places += 1
        }
        return value
    }

    /// Minutes east of UTC of `Z` or `±hh:mm`.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
