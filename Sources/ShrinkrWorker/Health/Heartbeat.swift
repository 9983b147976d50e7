import ClickQueue
import ShrinkrBase
import Synchronization

/// When each of the worker's loops last came round. A loop that hangs, in a call that never returns, shows here.
package final class Heartbeat: Sendable {
    /// Longest time between two beats of a loop that is well, the calls that it makes left out.
    static let interval: Duration = .seconds(10)

    private let time: MonotonicTime
    private let beats = Mutex<[String: Duration]>([:])  // text: names of our tasks.

    init(time: MonotonicTime) {
        self.time = time
    }

    /// How long the loop that has been quiet the longest has been so; zero where none is running.
    package var silence: Duration {
        guard let oldest = beats.withLock({ $0.values.min() }) else { return .zero }
        return time.now() - oldest
    }

    func beat(_ loop: String) {
        let now = time.now()
        beats.withLock { $0[loop] = now }
    }

    /// The loop has ended as it should.
    func end(_ loop: String) {
        beats.withLock { $0[loop] = nil }
    }
}
