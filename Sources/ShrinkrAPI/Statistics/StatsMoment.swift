import ShrinkrBase

/// An end of a range of statistics, as clients write it.
enum StatsMoment: Hashable, Sendable {
    /// `2026-11-28T10:00:00Z`
    case instant(Timestamp)
    /// `2026-11-28`: the whole day, in the time zone of the request.
    case day(CivilDate)
    /// `-7d`: so long before the request.
    case before(Duration)

    /// Most digits of a number of hours, days or weeks.
    private static let maximumDigits = 6

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        if let time = Timestamp(rfc3339: text) {
            self = .instant(time)
        } else if let date = Self.date(bytes) {
            self = .day(date)
        } else if let duration = Self.duration(bytes) {
            self = .before(duration)
        } else {
            return nil
        }
    }

    /// Where a range begins that begins with this.
    func start(in calendar: LocalCalendar, at now: Timestamp) -> Timestamp? {
        switch self {
        case .instant(let time): time
        case .day(let date): calendar.start(of: date)
        case .before(let duration): now.advanced(by: .zero - duration)
        }
    }

    /// Where a range ends that ends with this.
    func end(in calendar: LocalCalendar, at now: Timestamp) -> Timestamp? {
        guard case .day(let date) = self else { return start(in: calendar, at: now) }
        return calendar.start(of: date).map { calendar.next(.day, after: $0) }
    }

    /// `YYYY-MM-DD` (RFC 3339, full-date).
    private static func date(_ bytes: [UInt8]) -> CivilDate? {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// `-12h`, `-7d`, `-4w`.
    private static func duration(_ bytes: [UInt8]) -> Duration? {
        guard bytes.first == UInt8(ascii: "-"), bytes.count <= maximumDigits + 2, bytes.count >= 3,
            let number = number(bytes[1..<(bytes.count - 1)])
        else { return nil }
        switch bytes[bytes.count - 1] {
        case UInt8(ascii: "h"): return .seconds(number * 3_600)
        case UInt8(ascii: "d"): return .seconds(number * 86_400)
        case UInt8(ascii: "w"): return .seconds(number * 7 * 86_400)
        default: return nil
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
