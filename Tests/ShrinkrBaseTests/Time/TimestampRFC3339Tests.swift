import ShrinkrBase
import TestSupport
import Testing

/// A date-time and the milliseconds since the epoch that it names.
struct TimeSample: CustomTestStringConvertible {
    let text: String
    let milliseconds: Int64

    init(_ text: String, _ milliseconds: Int64) {
        self.text = text
        self.milliseconds = milliseconds
    }

    var testDescription: String { text }

    /// In the form that Shrinkr writes.
    static let utc = [
        TimeSample("1970-01-01T00:00:00Z", 0),
        TimeSample("1970-01-01T00:00:00.001Z", 1),
        TimeSample("1970-01-01T00:00:00.020Z", 20),
        TimeSample("1969-12-31T23:59:59.999Z", -1),
        TimeSample("1969-12-31T23:59:59Z", -1_000),
        TimeSample("1900-03-01T00:00:00Z", -2_203_891_200_000),
        TimeSample("1985-04-12T23:20:50.520Z", 482_196_050_520),
        TimeSample("2000-02-29T00:00:00Z", 951_782_400_000),
        TimeSample("2024-02-29T23:59:59Z", 1_709_251_199_000),
        TimeSample("2026-11-22T20:15:00Z", 1_795_378_500_000),
        TimeSample("2038-01-19T03:14:08Z", 2_147_483_648_000),
        TimeSample("2400-02-29T12:00:00Z", 13_574_606_400_000),
        TimeSample("0001-01-01T00:00:00Z", -62_135_596_800_000),
        TimeSample("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ]

    /// In other forms that RFC 3339 allows; the first five are those of its section 5.8.
    static let other = [
        TimeSample("1985-04-12T23:20:50.52Z", 482_196_050_520),
        TimeSample("1996-12-19T16:39:57-08:00", 851_042_397_000),
        TimeSample("1990-12-31T23:59:60Z", 662_688_000_000),
        TimeSample("1990-12-31T15:59:60-08:00", 662_688_000_000),
        TimeSample("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130),
        TimeSample("2026-11-22t20:15:00z", 1_795_378_500_000),
        TimeSample("2026-11-22 20:15:00Z", 1_795_378_500_000),
        TimeSample("2026-11-22T20:15:00+00:00", 1_795_378_500_000),
        TimeSample("2026-11-22T20:15:00-00:00", 1_795_378_500_000),
        TimeSample("2026-11-22T20:15:00-23:59", 1_795_464_840_000),
        TimeSample("2026-11-22T20:15:00+05:45", 1_795_357_800_000),
        TimeSample("2027-01-01T00:30:00+01:00", 1_798_759_800_000),
        TimeSample("2026-11-22T20:15:00.0Z", 1_795_378_500_000),
        TimeSample("2026-11-22T20:15:00.9Z", 1_795_378_500_900),
        TimeSample("2026-11-22T20:15:00.09Z", 1_795_378_500_090),
        TimeSample("2026-11-22T20:15:00.0009999999999999999999999Z", 1_795_378_500_000),
        TimeSample("2026-11-22T20:15:00.9999999Z", 1_795_378_500_999),
        TimeSample("1969-12-31T23:59:59.9999Z", -1),
        TimeSample("0001-01-01T00:00:00-00:01", -62_135_596_740_000),
        TimeSample("9999-12-31T23:59:59+23:59", 253_402_214_459_000),
    ]
}

@Suite("RFC 3339") struct TimestampRFC3339Tests {
    @Test("is read and written", arguments: TimeSample.utc)
    func bothWays(sample: TimeSample) {
        #expect(Timestamp(rfc3339: sample.text)?.milliseconds == sample.milliseconds)
        #expect(Timestamp(milliseconds: sample.milliseconds).rfc3339 == sample.text)
    }

    @Test("is read in other forms", arguments: TimeSample.other)
    func otherForms(sample: TimeSample) {
        #expect(Timestamp(rfc3339: sample.text)?.milliseconds == sample.milliseconds)
    }

    @Test(
        "is refused where a part is missing or misshapen",
        arguments: [
            "", "Z", "2026", "2026-11-22", "2026-11-22T", "2026-11-22T20Z", "2026-11-22T20:15Z", "2026-11-22T20:15:00",
            "2026-11-22T20:15:0Z", "2026-11-2T20:15:00Z", "2026-1-22T20:15:00Z", "226-11-22T20:15:00Z",
            "12026-11-22T20:15:00Z", "+2026-11-22T20:15:00Z", "-001-11-22T20:15:00Z", "20261122T201500Z",
            "2026/11/22T20:15:00Z", "2026-11-22_20:15:00Z", "2026-W47-7T20:15:00Z", "2026-326T20:15:00Z",
            "2026-11-22T20:15:00.Z", "2026-11-22T20:15:00,5Z", "2026-11-22T20:15:00.5.5Z", "2026-11-22T20:15:00.+5Z",
            "2026-11-22T20:15:00+0100", "2026-11-22T20:15:00+01", "2026-11-22T20:15:00+1:00",
            "2026-11-22T20:15:00 +01:00", "2026-11-22T20:15:00+01:00Z", "2026-11-22T20:15:00ZZ",
            " 2026-11-22T20:15:00Z", "2026-11-22T20:15:00Z ", "2026-11-22T20:15:00Z\n", "2026-11-22T20:15:00Z\u{0}",
            "２０２６-11-22T20:15:00Z", "٢٠٢٦-11-22T20:15:00Z", "2026\u{2212}11-22T20:15:00Z", "1795378500",
        ])
    func misshapen(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "is refused where a part is out of range",
        arguments: [
            "2026-00-22T20:15:00Z", "2026-13-22T20:15:00Z", "2026-11-00T20:15:00Z", "2026-11-31T20:15:00Z",
            "2026-12-32T20:15:00Z", "2026-04-31T20:15:00Z", "2026-06-31T20:15:00Z", "2026-09-31T20:15:00Z",
            "2026-02-29T20:15:00Z", "2024-02-30T20:15:00Z", "1900-02-29T20:15:00Z", "2100-02-29T20:15:00Z",
            "2026-11-22T24:00:00Z", "2026-11-22T20:60:00Z", "2026-11-22T20:15:61Z", "2026-11-22T20:15:00+24:00",
            "2026-11-22T20:15:00-24:00", "2026-11-22T20:15:00+01:60", "0000-01-01T00:00:00Z",
        ])
    func outOfRange(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "is refused where its offset leads to an instant that the UTC form cannot name",
        arguments: ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01", "9999-12-31T23:59:60Z"])
    func unwritable(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("is read as it was written", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let time = Timestamp(
                milliseconds: .random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
            guard Timestamp(rfc3339: time.rfc3339) == time else {
                Issue.record("\(time.milliseconds) is written as \(time.rfc3339)")
                return
            }
        }
    }

    @Test("means the same with any offset", arguments: [4, 5] as [UInt64])
    func offsets(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            // A day away from the years that the text can name.
            let time = Timestamp(
                milliseconds: .random(in: -62_135_500_000_000...253_402_200_000_000, using: &generator))
            let minutes = Int64.random(in: 0...1_439, using: &generator)
            let isEast = Bool.random(using: &generator)
            let local = time.advanced(by: .seconds((isEast ? minutes : -minutes) * 60)).rfc3339.dropLast()
            let digits = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
            let text = "\(local)\(isEast ? "+" : "-")\(digits[0]):\(digits[1])"
            try #require(Timestamp(rfc3339: text) == time, "\(text)")
        }
    }
}
