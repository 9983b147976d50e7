import Glibc

/// No input costs more than a generous amount for its size: what takes time with the square of its bytes, be it few of
/// them, is found.
enum CostRule {
    /// What an input may cost whatever its size, in microseconds of processor time: files are written and synchronised, and
    /// everything is slower by an order of magnitude under sanitizers.
    private static let base = 500_000
    /// What each of its bytes may add, in microseconds. The combining marks of one name cost 100 times as much.
    private static let perByte = 50
    /// How often an input must be too costly: the first time it may have paid for what all others use.
    private static let attempts = 3

    static func measure(_ input: [UInt8], _ run: () -> Void) {
        let allowed = base + perByte * input.count
        var cost = 0
        for _ in 0..<attempts {
            let start = clock()
            run()
            cost = clock() - start
            if cost <= allowed { return }
        }
        check(false, "\(input.count) bytes cost \(cost / 1_000) ms, and may cost \(allowed / 1_000) ms")
    }
}
