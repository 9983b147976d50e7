package import ShrinkrCore

extension ClickFrame {
    /// Reads a message that holds one frame.
    package init(wire bytes: some Collection<UInt8>) throws(ClickFrameError) {
        let frames = try FrameMessage(wire: bytes).clickFrames
        guard frames.count == 1 else { throw .malformed("the message holds \(frames.count) frames") }
        self = frames[0]
    }

    /// The frame in version 1, as a journal's records make it.
    package var wire: [UInt8] { ClickFrame.encode(id: id, clicks: clicks.map(\.json), isPartial: isPartial) }
}

extension Click {
    /// The click as the journal keeps it.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }
}

extension FrameMessage {
    /// The message as the worker has it. Nil where the clicks are more than a message holds.
    package init?(_ frames: ClickFrame...) {
        self.init(
            frames.map { (id: $0.id, records: $0.clicks.map { ArraySlice($0.json) }, isPartial: $0.isPartial) })
    }

    /// The frames with their clicks.
    package var clickFrames: [ClickFrame] {
        frames.map { frame in
            ClickFrame(id: frame.id, clicks: clicks[frame.clicks].map(click), isPartial: frame.isPartial)
        }
    }
}
