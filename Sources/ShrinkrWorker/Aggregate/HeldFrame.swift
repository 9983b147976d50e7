package import ClickQueue
package import ShrinkrStore

/// The counted frames of one message that are not in the store yet, and the receipt by which it will be deleted.
package struct HeldFrame: Sendable {
    package let frames: [CountedFrame]
    package let receipt: MessageReceipt
    /// Size of the message's body.
    package let bytes: Int
    /// When the queue hands the message out again, in the worker's monotonic time.
    package var visibleAgain: Duration
    /// Clicks of the frames.
    let clicks: Int
    /// Counters that the frames change at most.
    let keys: Int

    package init(frames: [CountedFrame], receipt: MessageReceipt, bytes: Int, visibleAgain: Duration) {
        self.frames = frames
        self.receipt = receipt
        self.bytes = bytes
        self.visibleAgain = visibleAgain
        clicks = frames.reduce(0) { $0 + $1.clicks }
        keys = FrameCounts.keys(of: frames.map(\.content))
    }
}

/// How much a set of held messages comes to.
package struct WindowSize: Hashable, Sendable {
    package private(set) var messages = 0
    package private(set) var clicks = 0
    package private(set) var bytes = 0
    package private(set) var keys = 0

    mutating func add(_ held: HeldFrame) {
        messages += 1
        clicks += held.clicks
        bytes += held.bytes
        keys += held.keys
    }

    /// Whether one of the policy's limits is reached.
    func isFull(by policy: FlushPolicy) -> Bool {
        messages >= policy.maximumFrames || clicks >= policy.maximumClicks || bytes >= policy.maximumBytes
            || keys >= policy.maximumKeys
    }
}
