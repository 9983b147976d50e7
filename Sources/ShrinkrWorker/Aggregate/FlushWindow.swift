package import ClickQueue
import ShrinkrBase
package import ShrinkrStore

/// The frames that are counted but not in the store yet, and what is to be done with them. Pure: it is told the time,
/// and says what to do.
///
/// While one set of frames is being flushed, a second one collects. Frames of a failed flush go back in front of it.
/// So at most two windows' worth is held, and what receivers had in hand when it filled up.
///
/// After frames were given back, no more than a few are taken until the store has taken them: each delivery in vain costs
/// a message one of the few that it has.
///
/// Where the store refuses frames for their content, ever fewer are flushed at once until the one to blame is alone.
package struct FlushWindow: Sendable {
    /// What the flusher does next.
    package enum Step: Hashable, Sendable {
        /// Call ``beginFlush()`` and add its frames to the store.
        case flush
        /// Ask the store whether it works again, and call ``probed(isWorking:at:)``.
        case probe
        /// Nothing until that time, or until the window changes.
        case wait(until: Duration?)
        /// See ``FlushWindow/isFinished``.
        case finished
    }

    private let policy: FlushPolicy
    private var collecting: [HeldFrame] = []
    private var flushing: [HeldFrame] = []
    private var firstHeldAt: Duration = .zero
    /// Failed flushes and probes in a row.
    private var failures = 0
    /// No flush and no probe before this time.
    private var notBefore: Duration = .zero
    /// Whether the store has to show that it works before messages are taken: at the start, and after frames were given
    /// back because it did not.
    private var mustProbe = true
    /// Whether the store has yet to take frames, since some were given back.
    private var isOnProbation = false
    private var isDraining = false
    /// How much is collected and not being flushed.
    private var collected = WindowSize()
    /// When the first of the held messages comes back; kept, since it is asked for with every frame.
    private var firstVisibleAgain: Duration?
    /// Most frames of the next flush: all, unless one is sought that the store refuses.
    private var portion = Int.max

    package init(policy: FlushPolicy) {
        self.policy = policy
    }

    /// Frames that are held, those being flushed included.
    package var heldFrames: Int { (flushing + collecting).reduce(0) { $0 + $1.frames.count } }

    /// Clicks that are held, those being flushed included.
    package var heldClicks: Int { flushing.reduce(collected.clicks) { $0 + $1.clicks } }

    /// Whether receivers may take more messages.
    package var hasRoom: Bool {
        !isDraining && !mustProbe && !collected.isFull(by: policy)
            && (!isOnProbation || collecting.isEmpty && flushing.isEmpty)
    }

    package mutating func hold(_ frame: HeldFrame, at now: Duration) {
        if collecting.isEmpty { firstHeldAt = now }
        collecting.append(frame)
        collected.add(frame)
        firstVisibleAgain = min(firstVisibleAgain ?? frame.visibleAgain, frame.visibleAgain)
    }

    /// Whether draining is over: nothing is held, nothing will come.
    package var isFinished: Bool { isDraining && collecting.isEmpty && flushing.isEmpty }

    /// Receivers have ended: flush what is held without waiting, then finish.
    package mutating func drain(at now: Duration) {
        isDraining = true
        mustProbe = false
        failures = 0
        notBefore = now
    }

    /// What is to be done at `now`, while no flush is running.
    package func next(at now: Duration) -> Step {
        if collecting.isEmpty {
            if isDraining { return .finished }
            if mustProbe { return now >= notBefore ? .probe : .wait(until: notBefore) }
            return .wait(until: nil)
        }
        let isUrgent = isDraining || isOnProbation || collected.isFull(by: policy)
        let due = isUrgent ? notBefore : max(notBefore, firstHeldAt + policy.interval)
        return now >= due ? .flush : .wait(until: due)
    }

    /// Takes what is collected into a flush, or the first part of it while a refused frame is sought.
    package mutating func beginFlush() -> [CountedFrame] {
        flushing = Array(collecting.prefix(portion))
        collecting.removeFirst(flushing.count)
        measure()
        return flushing.flatMap(\.frames)
    }

    /// The store has the frames of the flush.
    ///
    /// - Returns: what is to be deleted from the queue.
    package mutating func flushSucceeded() -> [MessageReceipt] {
        defer { letGoOfFlushed() }
        failures = 0
        isOnProbation = false
        portion = portion.multipliedReportingOverflow(by: 2).overflow ? .max : portion * 2
        return flushing.map(\.receipt)
    }

    /// The store takes none of the frames of the flush, for what is in them: half of them are tried next.
    ///
    /// - Returns: the frames of the message to blame, once it was alone. The window has let go of them; the message is left
    ///   to the queue, which hands it out again, and in the end moves it to the dead-letter queue.
    package mutating func flushRefused(at now: Duration) -> HeldFrame? {
        if flushing.count == 1 {
            defer { letGoOfFlushed() }
            return flushing.first
        }
        portion = max(1, flushing.count / 2)
        putBack(at: now)
        return nil
    }

    /// The store has none of the frames of the flush; they are kept for another attempt, but not for ever.
    ///
    /// - Returns: what is to be given back to the queue, after the last attempt.
    package mutating func flushFailed(at now: Duration) -> [MessageReceipt] {
        failures += 1
        notBefore = now + policy.retryDelay(afterFailures: failures)
        putBack(at: now)
        guard failures >= policy.maximumAttempts, !isDraining else { return [] }
        mustProbe = true
        isOnProbation = true
        return abandon()
    }

    /// The answer to ``Step/probe``.
    package mutating func probed(isWorking: Bool, at now: Duration) {
        if isWorking {
            mustProbe = false
            failures = 0
        } else {
            failures += 1
            notBefore = now + policy.retryDelay(afterFailures: failures)
        }
    }

    /// Lets go of everything that is held, also of what is being flushed.
    ///
    /// - Returns: what is to be given back to the queue.
    package mutating func abandon() -> [MessageReceipt] {
        defer {
            collecting = []
            flushing = []
            collected = WindowSize()
            firstVisibleAgain = nil
        }
        return (flushing + collecting).map(\.receipt)
    }

    private mutating func putBack(at now: Duration) {
        collecting = flushing + collecting
        flushing = []
        measure()
        // Frames that failed have waited long enough: only the pause holds them up now.
        firstHeldAt = now - policy.interval
    }

    private mutating func letGoOfFlushed() {
        flushing = []
        findFirstVisibleAgain()
    }

    private mutating func measure() {
        collected = collecting.reduce(into: WindowSize()) { $0.add($1) }
    }

    // MARK: Visibility

    /// Receipts whose messages would come back in less than a third of the visibility timeout. The caller hides them
    /// for another whole timeout; the window takes that for done.
    package mutating func receiptsToExtend(at now: Duration) -> [MessageReceipt] {
        let limit = now + policy.visibilityTimeout / 3
        let end = now + policy.visibilityTimeout
        guard let firstVisibleAgain, firstVisibleAgain <= limit else { return [] }
        defer { findFirstVisibleAgain() }
        return Self.extend(&flushing, before: limit, to: end) + Self.extend(&collecting, before: limit, to: end)
    }

    /// When ``receiptsToExtend(at:)`` is to be asked next; nil while nothing is held.
    package var nextExtension: Duration? { firstVisibleAgain.map { $0 - policy.visibilityTimeout / 3 } }

    private mutating func findFirstVisibleAgain() {
        firstVisibleAgain = flushing.lazy.map(\.visibleAgain).min()
        for frame in collecting {
            firstVisibleAgain = min(firstVisibleAgain ?? frame.visibleAgain, frame.visibleAgain)
        }
    }

    private static func extend(_ frames: inout [HeldFrame], before limit: Duration, to end: Duration)
        -> [MessageReceipt]
    {
        var receipts: [MessageReceipt] = []
        for index in frames.indices where frames[index].visibleAgain <= limit {
            frames[index].visibleAgain = end
            receipts.append(frames[index].receipt)
        }
        return receipts
    }
}
