import ShrinkrBase
import Synchronization

/// A time of day that tests set. It stands still until they do.
final class TestClock: Sendable {
    /// Where every test begins: a Tuesday, noon in UTC.
    static let start = Timestamp(seconds: 1_773_144_000)

    private let time = Mutex(start)

    var now: Timestamp { time.withLock { $0 } }

    var wallClock: WallClock { WallClock { [self] in now } }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0.advanced(by: duration) }
    }
}
