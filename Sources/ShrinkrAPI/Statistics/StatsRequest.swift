import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// What a client asks of the statistics.
struct StatsRequest: Sendable {
    enum GroupBy: String, CaseIterable, Sendable {
        case referrer, browser, os, device, country, language

        var dimension: Dimension {
            switch self {
            case .referrer: .referrer
            case .browser: .browser
            case .os: .os
            case .device: .device
            case .country: .country
            case .language: .language
            }
        }
    }

    /// Most points of a series.
    static let maximumPoints = 10_000
    /// Longest range: five years.
    static let maximumRange = Duration.seconds(5 * 366 * 86_400)
    /// Days before today that the default range begins.
    static let defaultDays = 29

    /// When the request came in.
    let now: Timestamp
    let buckets: Range<TimeBucket>
    let interval: StatsInterval
    let calendar: LocalCalendar
    let groupBy: GroupBy?
    let traffic: Traffic

    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ request: Request, at now: Timestamp) throws {
        var reader = QueryReader(request)
        let noZone = FieldProblem("invalid", "This is no IANA time zone such as Europe/Berlin or UTC.")
        let isNamed = reader.has("tz")
        let zone = reader.identifier("tz", length: 1...64, else: noZone)
        let calendar = zone.map { LocalCalendar(identifier: $0) } ?? (isNamed ? nil : LocalCalendar(identifier: "UTC"))
        if zone != nil, calendar == nil { reader.report("tz", noZone) }
        interval = reader.choice("interval") ?? .day
        groupBy = reader.choice("group_by")
        traffic = reader.choice("traffic") ?? .all
        let to = Self.bound("to", isEnd: true, calendar, now, &reader) ?? now
        let from =
            Self.bound("from", isEnd: false, calendar, now, &reader)
            ?? calendar?.startOfDay(Self.defaultDays, before: to)
        if let from { Self.check(from: from, to: to, interval: interval, &reader) }
        try reader.finish()
        guard let calendar, let from else { throw Problem.internalError }
        self.now = now
        self.calendar = calendar
        let end = to.advanced(by: .seconds(TimeBucket.seconds) - .milliseconds(1))
        buckets = TimeBucket(containing: from)..<TimeBucket(containing: end)
    }

    /// One end of the range.
    private static func bound(
        _ name: String, isEnd: Bool, _ calendar: LocalCalendar?, _ now: Timestamp, _ reader: inout QueryReader
    ) -> Timestamp? {
        guard let text = reader.identifier(name, length: 1...64, else: .notAMoment) else { return nil }
        // Without a calendar the time zone is wrong, and said to be.
        guard let calendar, let moment = StatsMoment(text) else {
            if calendar != nil || StatsMoment(text) == nil { reader.report(name, .notAMoment) }
            return nil
        }
        return isEnd ? moment.end(in: calendar, at: now) : moment.start(in: calendar, at: now)
    }

    private static func check(from: Timestamp, to: Timestamp, interval: StatsInterval, _ reader: inout QueryReader) {
        if from >= to {
            reader.report("from", FieldProblem("invalid", "The range must begin before it ends."))
        } else if !ClickLimits.times.contains(from) || !ClickLimits.times.contains(to) {
            reader.report("from", FieldProblem("out_of_range", "The range must lie between 2020 and 2200."))
        } else if to > from.advanced(by: maximumRange) {
            reader.report("from", FieldProblem("out_of_range", "The range must not be longer than five years."))
        } else if interval == .hour, to > from.advanced(by: .seconds(maximumPoints * 3_600)) {
            let problem = FieldProblem("invalid", "By hours the range must not have more than \(maximumPoints) points.")
            reader.report("interval", problem)
        }
    }
}
