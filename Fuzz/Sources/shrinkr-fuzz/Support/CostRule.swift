import Glibc

/// No input costs more than a generous amount for its size: what takes time with the square of its bytes, be it few of
/// them, is found.
enum CostRule {
    /// What an input may cost whatever its size, in nanoseconds of this thread: files are written and synchronised, and
    /// everything is slower by an order of magnitude under sanitizers.
    private static let base = 500_000_000
    /// What each of its bytes may add, in nanoseconds. The combining marks of one name cost 100 times as much.
    private static let perByte = 50_000
    /// How often an input must be too costly: the first time it may have paid for what all others use.
    private static let attempts = 3

    static func measure(_ input: [UInt8], _ run: () -> Void) {
        let allowed = base + perByte * input.count
        var cost = 0
        for _ in 0..<attempts {
            let start = threadTime()
            run()
            cost = threadTime() - start
            if cost <= allowed { return }
        }
        check(false, "\(input.count) bytes cost \(cost / 1_000_000) ms, and may cost \(allowed / 1_000_000) ms")
    }

    private static func threadTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
