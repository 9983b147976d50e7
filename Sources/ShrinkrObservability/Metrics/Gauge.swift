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
