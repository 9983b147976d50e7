import ShrinkrStore

/// Keeps track of frames on their way to the queue, which answers in any order, and says how far the journal may forget.
///
/// Numbers may have gaps: frames that were damaged on disk are skipped.
struct PublishWindow {
    /// The last frame that was taken out of the journal.
    private(set) var handedOut: UInt64
    /// Frames that were taken out and not yet forgotten, in order.
    private var outstanding: [UInt64] = []
    private var accepted: Set<UInt64> = []
    private var left: Set<UInt64> = []
    /// Frames that the queue has in version 2 and that are not known to be counted.
    private var unsettled: [UInt64: Sent] = [:]

    private struct Sent {
        let clicks: Int
        let isPartial: Bool
        /// When the queue took it, in a monotonic time.
        let time: Duration
    }

    /// - Parameter acknowledged: The last frame that the journal knows to be with the queue.
    init(acknowledged: UInt64) {
        handedOut = acknowledged
    }

    /// Whether nobody works on a frame: the queue has all that were taken out, but for those that are left.
    var isIdle: Bool { outstanding.allSatisfy { accepted.contains($0) || left.contains($0) } }

    /// Notes that a frame was taken out of the journal to be sent; frames come in order.
    mutating func handOut(_ number: UInt64) {
        handedOut = number
        outstanding.append(number)
    }

    /// Notes that a frame stays in the journal, and with it everything behind it, until the next start.
    mutating func leave(_ number: UInt64) {
        left.insert(number)
    }

    /// Notes that the queue has a frame in version 2: it is kept until it is counted.
    mutating func sent(_ number: UInt64, clicks: Int, isPartial: Bool, at time: Duration) {
        unsettled[number] = Sent(clicks: clicks, isPartial: isPartial, time: time)
    }

    /// Whether the queue has frames in version 2 that are not known to be counted.
    var isUnsettled: Bool { !unsettled.isEmpty }

    /// Takes note of what is counted.
    ///
    /// - Returns: the new end of what the journal may forget, if that moved; and whether of a frame nothing but the
    ///   beginning is counted, so that a worker did not understand version 2.
    mutating func settle(_ counting: JournalCounting) -> (end: UInt64?, hasBeginnings: Bool) {
        let counted = unsettled.filter { number, sent in
            counting.holds(Int64(number), clicks: sent.clicks, isPartial: sent.isPartial)
        }
        for number in counted.keys { unsettled[number] = nil }
        let hasBeginnings = unsettled.contains { counting.partialFrames[Int64($0.key)] == 0 && $0.value.clicks > 0 }
        return (counted.isEmpty ? nil : accept(Array(counted.keys)), hasBeginnings)
    }

    /// The frames that the queue got in version 2 before `time` and that are not known to be counted, in order: they are
    /// to be sent again.
    mutating func takeBack(sentBefore time: Duration?) -> [UInt64] {
        let late = unsettled.filter { sent in time.map { sent.value.time < $0 } ?? true }
        for number in late.keys { unsettled[number] = nil }
        return late.keys.sorted()  // text: these are numbers.
    }

    /// Notes that the queue has frames. Returns the new end of what the journal may forget, if that moved.
    mutating func accept(_ numbers: [UInt64]) -> UInt64? {
        accepted.formUnion(numbers)
        let done = outstanding.prefix { accepted.contains($0) }
        accepted.subtract(done)
        outstanding.removeFirst(done.count)
        return done.last
    }
}
