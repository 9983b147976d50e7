import Synchronization

/// A `Double` that threads may read and change at the same time, kept as its bit pattern.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    var value: Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    func store(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: current) + amount).bitPattern
            let outcome = bits.weakCompareExchange(expected: current, desired: new, ordering: .relaxed)
            if outcome.exchanged { return }
            current = outcome.original
        }
    }
}
