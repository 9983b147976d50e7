package import ClickQueue
package import ShrinkrStore

/// A counted frame that is not in the store yet, and the receipt by which its message will be deleted.
package struct HeldFrame: Sendable {
    package let frame: CountedFrame
    package let receipt: MessageReceipt
    /// Size of the message's body.
    package let bytes: Int
    /// When the queue hands the message out again, in the worker's monotonic time.
    package var visibleAgain: Duration
    /// Counters that the frame changes.
    let keys: Int

    package init(frame: CountedFrame, receipt: MessageReceipt, bytes: Int, visibleAgain: Duration) {
        self.frame = frame
        self.receipt = receipt
        self.bytes = bytes
        self.visibleAgain = visibleAgain
        keys = frame.keys
    }
}

/// How much a set of held frames comes to.
package struct WindowSize: Hashable, Sendable {
    package private(set) var frames = 0
    package private(set) var clicks = 0
    package private(set) var bytes = 0
    package private(set) var keys = 0

    mutating func add(_ held: HeldFrame) {
        frames += 1
        clicks += held.frame.clicks
        bytes += held.bytes
        keys += held.keys
    }

    /// Whether one of the policy's limits is reached.
    func isFull(by policy: FlushPolicy) -> Bool {
        frames >= policy.maximumFrames || clicks >= policy.maximumClicks || bytes >= policy.maximumBytes
            || keys >= policy.maximumKeys
    }
}
