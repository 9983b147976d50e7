import Synchronization

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
