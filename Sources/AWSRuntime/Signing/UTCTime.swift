/// A point in time in whole seconds of Unix time, with the two UTC formats that Signature Version 4 needs.
///
/// AWS compares times to the second at the finest, so fractions are not kept. The calendar arithmetic is the
/// proleptic Gregorian calendar without leap seconds, as in POSIX; years 0 to 9999 are formatted correctly.
package struct UTCTime: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z; negative before it.
    package var secondsSinceEpoch: Int64

    /// Makes a time from Unix time in seconds.
    package init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Makes a time from calendar fields in UTC; `nil` when a field is out of range (30 February, hour 24).
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        guard Self.date(daysSinceEpoch: days).day == day else { return nil }
        self.secondsSinceEpoch = days * Self.secondsPerDay + Int64(hour * 3600 + minute * 60 + second)
    }

    package static func < (left: UTCTime, right: UTCTime) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }

    /// This time moved by a number of seconds.
    package func adding(seconds: Int64) -> UTCTime {
        UTCTime(secondsSinceEpoch: secondsSinceEpoch + seconds)
    }

    /// `YYYYMMDD`, the date of a credential scope.
    package var dateStamp: String {
        let (year, month, day) = Self.date(daysSinceEpoch: dayNumber)
        return Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
    }

    /// `YYYYMMDD'T'HHMMSS'Z'`, the ISO 8601 basic format of the `x-amz-date` header.
    package var basicFormat: String {
        let second = Int(secondsSinceEpoch - dayNumber * Self.secondsPerDay)
        let clock = Self.padded(second / 3600, 2) + Self.padded(second / 60 % 60, 2) + Self.padded(second % 60, 2)
        return "\(dateStamp)T\(clock)Z"
    }

    private static let secondsPerDay: Int64 = 86_400
    private static let daysPerEra: Int64 = 146_097

    private var dayNumber: Int64 {
        // Swift divides towards zero; days before 1970 need the floor.
        let quotient = secondsSinceEpoch / Self.secondsPerDay
        return secondsSinceEpoch % Self.secondsPerDay < 0 ? quotient - 1 : quotient
    }

    /// Days from 1970-01-01, counted in 400-year eras of years that begin in March, so that a leap day comes last.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let marchYear = Int64(month <= 2 ? year - 1 : year)
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let marchMonth = Int64((month + 9) % 12)
        let dayOfYear = (153 * marchMonth + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * daysPerEra + dayOfEra - 719_468
    }

    /// The inverse of `days(year:month:day:)`.
    private static func date(daysSinceEpoch: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - (daysPerEra - 1)) / daysPerEra
        let dayOfEra = shifted - era * daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(day))
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
