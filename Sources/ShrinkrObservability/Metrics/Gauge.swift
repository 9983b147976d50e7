import Synchronization

/// A number that goes up and down: a length, an age, a state.
///
/// Made by ``MetricsRegistry/gauge(_:help:labels:)``. One atomic store per ``set(_:)-(Double)``.
package final class Gauge: Sendable {
    private let current = AtomicDouble()

    init() {}

    /// Replaces the value.
    package func set(_ value: Double) {
        current.store(value)
    }

    /// Replaces the value. Whole numbers beyond 2^53 lose their last digits.
    package func set(_ value: Int) {
        current.store(Double(value))
    }

    /// Adds `amount`, which may be negative.
    package func add(_ amount: Double) {
        current.add(amount)
    }

    /// The value last set, 0 before that.
    package var value: Double {
        current.value
    }
}

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

/// A number that only goes up, from 0 at the start of the process. One relaxed atomic addition per increment.
///
/// Made by ``MetricsRegistry/counter(_:help:labels:)``.
package final class Counter: Sendable {
    private let total = Atomic<UInt64>(0)

    init() {}

    /// Adds `amount`, which must not be negative; a negative amount is ignored.
    package func increment(by amount: Int = 1) {
        guard amount > 0 else { return }
        total.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// The count so far.
    package var value: UInt64 {
        total.load(ordering: .relaxed)
    }
}
