package import ShrinkrCore

/// The end of the click queue that the API sees.
package protocol ClickQueueSender: Sendable {
    /// Hands frames over and returns when the queue answers for each of them: it then keeps the frame until it is counted.
    ///
    /// Never throws: an outcome per frame, in order. Cancellation makes the outcomes that are not known yet `failed`.
    func send(_ frames: [OutgoingFrame]) async -> [SendOutcome]
}

/// A frame on its way to the queue.
package struct OutgoingFrame: Sendable {
    package let id: FrameID
    /// The frame's wire form, at most ``ClickLimits/frameBytes``.
    package let body: [UInt8]

    package init(id: FrameID, body: [UInt8]) {
        self.id = id
        self.body = body
    }
}

/// What became of one frame that was sent.
package enum SendOutcome: Hashable, Sendable {
    /// The queue has it. Sending it again would be harmless.
    case accepted
    /// The queue may or may not have it; send it again.
    case failed(reason: String)
    /// The queue does not take a message like this one, or one of those that were sent along with it.
    case refused(reason: String)
}
