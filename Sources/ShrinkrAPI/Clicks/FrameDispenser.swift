import ClickJournal

/// Hands the journal's sealed frames out to several senders, each frame to one, and tells the journal what it may forget.
actor FrameDispenser {
    private let journal: ClickJournal
    private var window: PublishWindow
    private var isReading = false

    init(journal: ClickJournal) {
        self.journal = journal
        window = PublishWindow(acknowledged: journal.status().acknowledgedFrame)
    }

    /// Whether nobody sends a frame, or is just taking some.
    var isIdle: Bool { !isReading && window.isIdle }

    /// The next frames in order, at most `limit`; none where there are none, or another sender is just taking some.
    func next(limit: Int) async throws -> [SealedFrame] {
        // Suspended in a read, the actor would let a second sender take the same frames.
        guard !isReading else { return [] }
        isReading = true
        defer { isReading = false }
        let frames = try await journal.sealedFrames(after: window.handedOut, limit: limit)
        for frame in frames { window.handOut(frame.number) }
        return frames
    }

    /// Notes that a frame can neither be sent nor set aside: it stays in the journal, and is tried again after the next
    /// start.
    func leave(_ number: UInt64) {
        window.leave(number)
    }

    /// Notes frames that the queue has.
    func accept(_ numbers: [UInt64]) async throws {
        if let end = window.accept(numbers) { try await journal.acknowledge(through: end) }
    }
}
