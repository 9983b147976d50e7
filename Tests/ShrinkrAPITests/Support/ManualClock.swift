import Synchronization

/// A monotonic clock that tests move. Whoever sleeps by it wakes at once.
final class ManualClock: Clock {
    private let start = ContinuousClock.now
    private let passed = Mutex(Swift.Duration.zero)

    var now: ContinuousClock.Instant { start + passed.withLock { $0 } }
    let minimumResolution = Swift.Duration.zero

    func advance(by duration: Swift.Duration) { passed.withLock { $0 += duration } }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Swift.Duration?) async throws {}
}
