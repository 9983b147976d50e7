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
    /// Hashes of the counters that the frames change (`FrameCounts/keys(of:)`).
    let keys: [UInt32]

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
struct WindowSize: Sendable {
    private var messages = 0
    private(set) var clicks = 0
    private var bytes = 0
    private var keys = KeyCount()

    mutating func add(_ held: HeldFrame) {
        messages += 1
        clicks += held.clicks
        bytes += held.bytes
        keys.add(held.keys)
    }

    /// Whether one of the policy's limits is reached.
    func isFull(by policy: FlushPolicy) -> Bool {
        messages >= policy.maximumFrames || clicks >= policy.maximumClicks || bytes >= policy.maximumBytes
            || keys.distinct >= policy.maximumKeys
    }
}

/// Counts distinct hashes by a bit for each (Whang, Vander-Zanden, Taylor: "A linear-time probabilistic counting algorithm",
/// 1990): of 400,000, some 2.4 % fall on a bit that another one has.
private struct KeyCount: Sendable {
    /// Bits of a hash that choose its place: a MiB of places, once there is something to count.
    private static let width = 23

    private(set) var distinct = 0
    private var places: [UInt64] = []

    mutating func add(_ keys: [UInt32]) {
        if keys.isEmpty { return }
        if places.isEmpty { places = Array(repeating: 0, count: 1 << (Self.width - 6)) }
        for key in keys {
            let place = Int(key >> (32 - Self.width))
            let bit: UInt64 = 1 << UInt64(place & 63)
            guard places[place >> 6] & bit == 0 else { continue }
            places[place >> 6] |= bit
            distinct += 1
        }
    }
}
