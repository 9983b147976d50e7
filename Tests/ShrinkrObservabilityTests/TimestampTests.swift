import Glibc
import Testing

@testable import ShrinkrObservability

@Suite struct TimestampTests {
    private func text(_ milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        Timestamp.append(unixMilliseconds: milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func knownTimes(milliseconds: Int64, expected: String) {
        #expect(text(milliseconds) == expected)
    }

    /// An independent calendar: the C library's.
    @Test func agreesWithTheSystemCalendar() {
        for seconds in stride(from: Int64(-62_135_596_800), through: 253_402_300_799, by: 86_400 * 37 + 12_345) {
            var time = time_t(seconds)
            var parts = tm()
            gmtime_r(&time, &parts)
            let buffer = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
                strftime(buffer.baseAddress, buffer.count, "%m-%dT%H:%M:%S.", &parts)
                return String(cString: buffer.baseAddress!)
            }
            let year = "\(10_000 + Int(parts.tm_year) + 1_900)".dropFirst()
            #expect(text(seconds * 1_000 + 7) == "\(year)-\(buffer)007Z")
        }
    }

    @Test func theWallClockIsNowInMilliseconds() {
        let before = Int64(time(nil)) * 1_000
        let now = WallClock.unixMilliseconds()
        let after = (Int64(time(nil)) + 1) * 1_000
        // time(2) may lag behind clock_gettime(2) by one tick of the kernel.
        #expect(now >= before && now < after + 100)
    }
}
