/// Keeps track of frames on their way to the queue, which answers in any order, and says how far the journal may forget.
struct PublishWindow {
    /// The last frame that was taken out of the journal.
    private(set) var handedOut: UInt64
    /// The last frame up to which all are with the queue.
    private(set) var acknowledged: UInt64
    private var accepted: Set<UInt64> = []

    /// - Parameter acknowledged: The last frame that the journal knows to be with the queue.
    init(acknowledged: UInt64) {
        self.acknowledged = acknowledged
        handedOut = acknowledged
    }

    /// Notes that a frame was taken out of the journal to be sent.
    mutating func handOut(_ number: UInt64) {
        handedOut = max(handedOut, number)
    }

    /// Notes that the queue has a frame. Returns the new end of what the journal may forget, if that moved.
    mutating func accept(_ numbers: [UInt64]) -> UInt64? {
        accepted.formUnion(numbers.filter { $0 > acknowledged })
        let before = acknowledged
        while accepted.remove(acknowledged + 1) != nil { acknowledged += 1 }
        return acknowledged > before ? acknowledged : nil
    }
}
