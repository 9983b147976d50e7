import FoundationEssentials
import ShrinkrBase
import Testing

@Suite("A timestamp") struct TimestampTests {
    @Test(
        "is rounded down to seconds and days, also before 1970",
        arguments: [
            (0, 0, 0), (999, 0, 0), (1_000, 1, 0), (86_399_999, 86_399, 0), (86_400_000, 86_400, 1), (-1, -1, -1),
            (-1_000, -1, -1), (-1_001, -2, -1), (-86_400_000, -86_400, -1), (-86_400_001, -86_401, -2),
        ] as [(Int64, Int64, Int64)])
    func rounding(milliseconds: Int64, seconds: Int64, day: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(time.seconds == seconds)
        #expect(time.utcDay == day)
    }

    @Test("is made of seconds")
    func seconds() {
        #expect(Timestamp(seconds: -7) == Timestamp(milliseconds: -7_000))
    }

    @Test(
        "moves by whole milliseconds",
        arguments: [
            (.zero, 0), (.milliseconds(1), 1), (.microseconds(1_999), 1), (.microseconds(-1_999), -1),
            (.seconds(90_000), 90_000_000), (.milliseconds(-1_500), -1_500), (.nanoseconds(999_999), 0),
        ] as [(Duration, Int64)])
    func movement(duration: Duration, milliseconds: Int64) {
        #expect(Timestamp(milliseconds: 100).advanced(by: duration) == Timestamp(milliseconds: 100 + milliseconds))
    }

    @Test("is earlier or later")
    func order() {
        let times = [3, -1, 0, 2, -5].map { Timestamp(milliseconds: $0) }
        #expect(times.sorted().map(\.milliseconds) == [-5, -1, 0, 2, 3])
    }

    @Test("comes from the system's clock, in milliseconds")
    func systemClock() {
        let before = Int64(Date().timeIntervalSince1970 * 1_000)
        let now = WallClock.system.now().milliseconds
        // A second of room, because the clock may be corrected meanwhile.
        #expect(abs(now - before) < 1_000)
    }

    @Test("comes from a clock of one's choice")
    func chosenClock() {
        #expect(WallClock { Timestamp(seconds: 5) }.now() == Timestamp(seconds: 5))
    }
}
