import ShrinkrBase
import Testing

/// A date and its distance from 1970-01-01 in days.
struct DaySample: CustomTestStringConvertible {
    let year: Int
    let month: Int
    let day: Int
    let distance: Int64
    let testDescription: String

    init(_ text: String, _ distance: Int64) {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        (year, month, day) = (parts[0], parts[1], parts[2])
        self.distance = distance
        testDescription = text
    }

    static let all = [
        DaySample("0001-01-01", -719_162), DaySample("1582-10-15", -141_427), DaySample("1752-09-14", -79_366),
        DaySample("1899-12-31", -25_568), DaySample("1900-02-28", -25_509), DaySample("1900-03-01", -25_508),
        DaySample("1969-12-31", -1), DaySample("1970-01-01", 0), DaySample("1972-02-29", 789),
        DaySample("2000-02-29", 11_016), DaySample("2000-03-01", 11_017), DaySample("2020-01-01", 18_262),
        DaySample("2026-11-22", 20_779), DaySample("2100-02-28", 47_540), DaySample("2100-03-01", 47_541),
        DaySample("2200-01-01", 84_006), DaySample("9999-12-31", 2_932_896),
    ]
}

@Suite("A civil date") struct CivilDateTests {
    @Test("is as far from 1970 as the calendar says", arguments: DaySample.all)
    func knownDays(sample: DaySample) throws {
        let date = try #require(CivilDate(year: sample.year, month: sample.month, day: sample.day))
        #expect(date.daysSinceEpoch == sample.distance)
        #expect(CivilDate(daysSinceEpoch: sample.distance) == date)
        #expect(date.description == sample.testDescription)
    }

    @Test(
        "must exist",
        arguments: [
            (0, 1, 1), (-1, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
            (2026, 4, 31), (2026, 2, 29), (2024, 2, 30), (1900, 2, 29), (2026, -3, 5), (2026, 3, -5),
        ])
    func impossibleDays(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    /// Counts the days one by one, month by month, as a wall calendar does.
    @Test("follows the day before, over 800 years")
    func everyDay() throws {
        var distance = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSinceEpoch
        for year in 1600..<2400 {
            let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            for (index, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...days {
                    let date = CivilDate(daysSinceEpoch: distance)
                    guard (date.year, date.month, date.day) == (year, index + 1, day),
                        date.daysSinceEpoch == distance
                    else {
                        Issue.record("day \(distance) is \(date), not \(year)-\(index + 1)-\(day)")
                        return
                    }
                    distance += 1
                }
                #expect(CivilDate(year: year, month: index + 1, day: days + 1) == nil)
            }
        }
    }
}
