import ShrinkrBase
import Testing

@testable import ShrinkrAPI

/// Intervals as people in a time zone know them.
@Suite struct LocalCalendarTests {
    /// Zone, interval, an instant, and where its interval starts and ends.
    static let intervals: [(String, StatsInterval, String, String, String)] = [
        ("UTC", .hour, "2026-03-10T12:34:56Z", "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z"),
        ("UTC", .day, "2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z"),
        ("UTC", .day, "2026-03-10T23:59:59.999Z", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z"),
        // Weeks begin on Monday, also on a Sunday, also over the end of a year.
        ("UTC", .week, "2026-03-10T12:00:00Z", "2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z"),
        ("UTC", .week, "2026-03-15T23:00:00Z", "2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z"),
        ("UTC", .week, "2026-01-01T12:00:00Z", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"),
        ("UTC", .month, "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("UTC", .month, "2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        // Half an hour off UTC, and three quarters.
        ("Asia/Kolkata", .day, "2026-03-10T12:00:00Z", "2026-03-09T18:30:00Z", "2026-03-10T18:30:00Z"),
        ("Asia/Kolkata", .hour, "2026-03-10T12:10:00Z", "2026-03-10T11:30:00Z", "2026-03-10T12:30:00Z"),
        ("Asia/Kathmandu", .day, "2026-03-10T12:00:00Z", "2026-03-09T18:15:00Z", "2026-03-10T18:15:00Z"),
        ("America/St_Johns", .day, "2026-07-01T12:00:00Z", "2026-07-01T02:30:00Z", "2026-07-02T02:30:00Z"),
        ("America/St_Johns", .hour, "2026-07-01T12:10:00Z", "2026-07-01T11:30:00Z", "2026-07-01T12:30:00Z"),
        ("America/St_Johns", .month, "2026-03-10T12:00:00Z", "2026-03-01T03:30:00Z", "2026-04-01T02:30:00Z"),
        // Berlin: a day of 23 hours and one of 25.
        ("Europe/Berlin", .day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", .day, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", .week, "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", .month, "2026-10-10T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
        // The hour that comes twice is two hours.
        ("Europe/Berlin", .hour, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        ("Europe/Berlin", .hour, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        ("Europe/Berlin", .hour, "2026-03-29T00:59:59Z", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", .hour, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"),
        // Where the clocks change at midnight there is a day without one.
        ("Africa/Cairo", .day, "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
    ]

    @Test(arguments: intervals)
    func intervalIsTheLocalOne(
        _ zone: String, _ interval: StatsInterval, _ time: String, _ start: String, _ end: String
    ) throws {
        let calendar = try #require(LocalCalendar(identifier: zone))
        let found = calendar.start(of: interval, containing: try #require(Timestamp(rfc3339: time)))
        #expect(found.rfc3339 == start)
        #expect(calendar.next(interval, after: found).rfc3339 == end)
    }

    /// Whatever a zone does to its clocks, intervals follow each other without gap and overlap, and each instant is in
    /// the one that it is said to be in.
    @Test(arguments: [
        "UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Africa/Cairo", "Asia/Beirut", "America/New_York",
        "Pacific/Chatham", "America/Havana", "Africa/Casablanca", "Europe/Dublin",
    ])
    func intervalsTileTime(_ zone: String) throws {
        let calendar = try #require(LocalCalendar(identifier: zone))
        for interval in StatsInterval.allCases {
            let step: Int64 = interval == .hour ? 900 : 6 * 3_600
            var start = calendar.start(of: interval, containing: Timestamp(seconds: 1_767_225_600))
            var end = calendar.next(interval, after: start)
            for offset in stride(from: 0, to: Int64(366 * 86_400), by: Int(step)) {
                let time = Timestamp(seconds: 1_767_225_600 + offset)
                if time >= end { (start, end) = (end, calendar.next(interval, after: end)) }
                try #require(start <= time && time < end, "\(interval) \(time.rfc3339)")
                try #require(calendar.start(of: interval, containing: time) == start, "\(interval) \(time.rfc3339)")
            }
        }
    }

    /// The only zone whose clocks change by half an hour: there half an hour comes twice.
    @Test func seriesSurvivesAChangeOfHalfAnHour() throws {
        let calendar = try #require(LocalCalendar(identifier: "Australia/Lord_Howe"))
        let change = try #require(Timestamp(rfc3339: "2026-04-04T15:00:00Z"))
        var start = calendar.start(of: .hour, containing: change.advanced(by: .seconds(-6 * 3_600)))
        var points = 0
        while start < change.advanced(by: .seconds(6 * 3_600)) {
            let next = calendar.next(.hour, after: start)
            #expect(start < next && next <= start.advanced(by: .seconds(5_400)))
            (start, points) = (next, points + 1)
        }
        #expect((12...14).contains(points))
        #expect(calendar.start(of: .hour, containing: change) <= change)
    }

    /// Name, hour at which its 2026-07-01 starts in UTC, and the database's own spelling.
    @Test(arguments: [
        ("CET", 22, "CET"), ("EST", 5, "EST"), ("EST5EDT", 4, "EST5EDT"), ("GMT", 0, "GMT"), ("Japan", 15, "Japan"),
        ("japan", 15, "Japan"), ("cet", 22, "CET"), ("europe/berlin", 22, "Europe/Berlin"),
        ("US/EASTERN", 4, "US/Eastern"), ("GB", 23, "GB"), ("w-su", 21, "W-SU"), ("Etc/GMT+5", 5, "Etc/GMT+5"),
        ("America/Argentina/ComodRivadavia", 3, "America/Argentina/ComodRivadavia"), ("utc", 0, "UTC"),
        ("Asia/Calcutta", 18, "Asia/Calcutta"), ("Zulu", 0, "Zulu"), ("HST", 10, "HST"),
    ])
    func namesOfTheDatabaseAreKnown(_ name: String, _ hour: Int, _ spelling: String) throws {
        let calendar = try #require(LocalCalendar(identifier: name))
        #expect(calendar.identifier == spelling)
        let day = try #require(CivilDate(year: 2026, month: 7, day: 1))
        let start = try #require(calendar.start(of: day)).rfc3339
        #expect(start.dropFirst(11).prefix(2) == (hour < 10 ? "0\(hour)" : "\(hour)"))
    }

    @Test func everyNameOfTheDatabaseIsAZone() {
        #expect(TimeZoneNames.all.count > 590)
        for name in TimeZoneNames.all { #expect(LocalCalendar(identifier: name)?.identifier == name) }
    }

    @Test(arguments: [
        "", "PST", "BST", "GMT+2", "+02:00", "Mars/Olympus", "europe/berlin ", "local", "/", "Europe/", "/CET",
        "Europe", "SystemV/EST5", "posix/UTC", "../etc/localtime", "CE\u{301}T",
    ])
    func otherNamesAreNoZone(_ name: String) {
        #expect(LocalCalendar(identifier: name) == nil)
    }

    @Test func daysAreCountedBackByTheCalendar() throws {
        let calendar = try #require(LocalCalendar(identifier: "Europe/Berlin"))
        let time = try #require(Timestamp(rfc3339: "2026-04-10T12:00:00Z"))
        // Over the change of the clocks: still a midnight.
        #expect(calendar.startOfDay(29, before: time).rfc3339 == "2026-03-11T23:00:00Z")
    }
}
