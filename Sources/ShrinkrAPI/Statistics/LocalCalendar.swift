import Foundation
import ShrinkrBase

/// How finely a time series is cut.
enum StatsInterval: String, CaseIterable, Sendable {
    case hour, day, week, month

    fileprivate var component: Calendar.Component {
        switch self {
        case .hour: .hour
        case .day: .day
        case .week: .weekOfYear
        case .month: .month
        }
    }
}

/// Cuts time as people in one time zone do: by their hours, days, weeks (from Monday, ISO 8601) and months.
struct LocalCalendar: Sendable {
    private let calendar: Calendar
    let identifier: String

    /// - Parameter identifier: A name of the IANA time zone database, such as `Europe/Berlin` or `CET`, in any case; nil
    ///   where there is none.
    init?(identifier: String) {
        // Foundation also takes abbreviations and offsets, which mean different things to different people.
        guard let identifier = TimeZoneNames.spelling(of: identifier), let zone = TimeZone(identifier: identifier)
        else {
            return nil
        }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        self.calendar = calendar
        self.identifier = identifier
    }

    /// The start of the local interval that holds `time`.
    func start(of interval: StatsInterval, containing time: Timestamp) -> Timestamp {
        calendar.dateInterval(of: interval.component, for: Date(time)).map { Timestamp($0.start) } ?? time
    }

    /// The start of the local interval after the one that starts at `start`.
    func next(_ interval: StatsInterval, after start: Timestamp) -> Timestamp {
        let next = calendar.dateInterval(of: interval.component, for: Date(start)).map { Timestamp($0.end) }
        return next.map { max($0, start.advanced(by: .seconds(1))) } ?? start.advanced(by: .seconds(3_600))
    }

    /// The start of a local day; nil for a day that the zone left out.
    func start(of date: CivilDate) -> Timestamp? {
        let components = DateComponents(year: date.year, month: date.month, day: date.day)
        return calendar.date(from: components).map { Timestamp(calendar.startOfDay(for: $0)) }
    }

    /// The start of the local day `days` before the one that holds `time`.
    func startOfDay(_ days: Int, before time: Timestamp) -> Timestamp {
        let day = calendar.startOfDay(for: Date(time))
        return Timestamp(calendar.date(byAdding: .day, value: -days, to: day) ?? day)
    }
}

extension Date {
    fileprivate init(_ time: Timestamp) {
        self.init(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
    }
}

extension Timestamp {
    fileprivate init(_ date: Date) {
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }
}
