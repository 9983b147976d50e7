import FoundationEssentials
import Testing

@testable import AWSRuntime

@Suite("UTC time")
struct UTCTimeTests {
    @Test(
        "Formats known times",
        arguments: [
            (0, "19700101T000000Z"), (-1, "19691231T235959Z"), (951_782_400, "20000229T000000Z"),
            (1_709_164_800, "20240229T000000Z"), (4_107_542_400, "21000301T000000Z"),
            (253_402_300_799, "99991231T235959Z"), (-62_167_219_200, "00000101T000000Z"),
        ] as [(Int64, String)]
    )
    func format(_ seconds: Int64, _ text: String) {
        #expect(UTCTime(secondsSinceEpoch: seconds).basicFormat == text)
    }

    @Test("Calendar fields and back, over eight centuries of days")
    func roundTrip() throws {
        for day in stride(from: Int64(-150_000), through: 150_000, by: 1) {
            let time = UTCTime(secondsSinceEpoch: day * 86_400)
            let digits = Array(time.dateStamp)
            let fields = [digits[0..<4], digits[4..<6], digits[6..<8]].compactMap { Int(String($0)) }
            try #require(fields.count == 3)
            let back = UTCTime(year: fields[0], month: fields[1], day: fields[2], hour: 0, minute: 0, second: 0)
            try #require(back == time)
        }
    }

    @Test("Agrees with Foundation", arguments: [0, 68_169_600, 1_111_111_111, 1_763_812_800, 4_000_000_000] as [Int64])
    func foundation(_ seconds: Int64) {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt)
        let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
        #expect(UTCTime(secondsSinceEpoch: seconds).basicFormat == expected)
    }

    @Test("Refuses fields that no calendar has")
    func refuses() {
        #expect(UTCTime(year: 2026, month: 2, day: 29, hour: 0, minute: 0, second: 0) == nil)
        #expect(UTCTime(year: 2026, month: 13, day: 1, hour: 0, minute: 0, second: 0) == nil)
        #expect(UTCTime(year: 2026, month: 1, day: 1, hour: 24, minute: 0, second: 0) == nil)
        #expect(UTCTime(year: 2024, month: 2, day: 29, hour: 0, minute: 0, second: 0) != nil)
    }
}
