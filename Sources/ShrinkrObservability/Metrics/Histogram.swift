import Synchronization

/// Counts observations by size, for example durations in seconds.
///
/// Made by ``MetricsRegistry/histogram(_:help:labels:buckets:)``. An observation changes one bucket and the sum, both
/// atomic; the cumulative counts that Prometheus reads are added up when it asks.
package final class Histogram: Sendable {
    /// Upper bounds in seconds for requests that are answered from memory or from a near database.
    package static let durationBuckets: [Double] = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Inclusive upper bounds, ascending; one more bucket without a bound follows them.
    let bounds: [Double]
    private let cells: [Cell]
    private let total = AtomicDouble()

    init(bounds: [Double]) {
        self.bounds = bounds
        self.cells = (0...bounds.count).map { _ in Cell() }
    }

    /// Counts one observation. What is not a number is ignored, since it has no place in any bucket.
    package func observe(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        cells[bucket].count.wrappingAdd(1, ordering: .relaxed)
        total.add(value)
    }

    /// Counts a duration, in seconds.
    package func observe(_ duration: Duration) {
        observe(duration / .seconds(1))
    }

    /// What has been observed so far. Observations made meanwhile may be in the counts and not yet in the sum.
    var snapshot: Snapshot {
        var running: UInt64 = 0
        let cumulative = cells.map { cell in
            running += cell.count.load(ordering: .relaxed)
            return running
        }
        return Snapshot(cumulative: cumulative, sum: total.value)
    }

    /// A histogram as Prometheus reads it.
    struct Snapshot: Equatable {
        /// Observations up to each bound, and last up to infinity, which is their number.
        var cumulative: [UInt64]
        /// All observed values added up.
        var sum: Double
    }

    private final class Cell: Sendable {
        let count = Atomic<UInt64>(0)
    }
}
