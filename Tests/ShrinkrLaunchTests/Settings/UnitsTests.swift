import ShrinkrProcess
import Testing

@Suite("Units") struct UnitsTests {
    @Test(
        "are read from durations",
        arguments: [
            ("0ms", .zero), ("500ms", .milliseconds(500)), ("2s", .seconds(2)), ("5m", .seconds(300)),
            ("1h", .seconds(3_600)),
            ("30d", .seconds(2_592_000)), ("0d", .zero), ("9223372036854775807ms", .milliseconds(Int.max)),
            ("106751991167d", .seconds(106_751_991_167 * 86_400)),
        ] as [(String, Duration)])
    func durations(text: String, duration: Duration) {
        #expect(Duration(shorthand: text) == duration)
    }

    @Test(
        "are needed, and no others, in durations",
        arguments: [
            "", "s", "ms", "5", "5 s", " 5s", "5s ", "-5s", "1.5s", "1e3s", "5S", "5sec", "5min", "5us", "5w", "5s5",
            "0x5s", "five s",
            "٥s", "1h30m", "9223372036854775808ms", "9223372036854775807s", "106751991168d", "99999999999999999999s",
        ])
    func impossibleDurations(text: String) {
        #expect(Duration(shorthand: text) == nil)
    }

    @Test(
        "are read from sizes",
        arguments: [
            ("0", 0), ("65536", 65_536), ("64KiB", 65_536), ("1MiB", 1_048_576), ("2GiB", 2_147_483_648), ("0GiB", 0),
            ("9223372036854775807", .max), ("8589934591GiB", 8_589_934_591 << 30),
        ] as [(String, Int)])
    func sizes(text: String, bytes: Int) {
        #expect(Int(byteSize: text) == bytes)
    }

    @Test(
        "are spelt exactly in sizes",
        arguments: [
            "", "KiB", "64 KiB", " 64KiB", "64KiB ", "64kib", "64KB", "64K", "64B", "64TiB", "-1", "-1KiB", "1.5MiB",
            "0x10", "1_000",
            "٦٤KiB", "1MiB1KiB", "9223372036854775808", "8589934592GiB", "9223372036854775807KiB",
        ])
    func impossibleSizes(text: String) {
        #expect(Int(byteSize: text) == nil)
    }
}
