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

    /// Notes that the queue has frames. Returns the new end of what the journal may forget, if that moved.
    mutating func accept(_ numbers: [UInt64]) -> UInt64? {
        accepted.formUnion(numbers)
        let done = outstanding.prefix { accepted.contains($0) }
        accepted.subtract(done)
        outstanding.removeFirst(done.count)
        return done.last
    }
}
