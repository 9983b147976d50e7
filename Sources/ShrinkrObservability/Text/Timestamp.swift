/// Renders Unix milliseconds as RFC 3339 in UTC with milliseconds, for example `2026-11-22T20:00:00.123Z`.
enum Timestamp {
    /// Appends the 24 characters to `bytes`. Exact for the years 0000 to 9999.
    static func append(unixMilliseconds: Int64, to bytes: inout [UInt8]) {
        let (days, inDay) = floorDivide(unixMilliseconds, 86_400_000)
        let date = civilDate(daysSince1970: days)
        append(date.year, width: 4, to: &bytes)
        append(date.month, width: 2, after: "-", to: &bytes)
        append(date.day, width: 2, after: "-", to: &bytes)
        append(inDay / 3_600_000, width: 2, after: "T", to: &bytes)
        append(inDay / 60_000 % 60, width: 2, after: ":", to: &bytes)
        append(inDay / 1_000 % 60, width: 2, after: ":", to: &bytes)
        append(inDay % 1_000, width: 3, after: ".", to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// The Gregorian date of a day number. Years are counted from 1 March, which puts the leap day last and makes the
    /// month lengths a linear pattern (153 days in every five months); 146,097 days are one 400-year cycle.
    private static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (cycle, inCycle) = floorDivide(daysSince1970 + 719_468, 146_097)
        let yearInCycle = (inCycle - inCycle / 1_460 + inCycle / 36_524 - inCycle / 146_096) / 365
        let inYear = inCycle - (365 * yearInCycle + yearInCycle / 4 - yearInCycle / 100)
        let monthFromMarch = (5 * inYear + 2) / 153
        let day = inYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (cycle * 400 + yearInCycle + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func append(_ value: Int64, width: Int, after separator: Unicode.Scalar? = nil, to: inout [UInt8]) {
        if let separator { to.append(UInt8(ascii: separator)) }
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            to.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: abs(value) / divisor % 10))
            divisor /= 10
        }
    }
}
