import ClickJournal
import ShrinkrBase

/// Hands the journals' sealed frames out to several senders, each frame to one, and tells the journals what they may
/// forget. What earlier starts left goes first.
actor FrameDispenser {
    private let journal: ClickJournal
    private var windows: [JournalIdentity: PublishWindow] = [:]
    private var isReading = false

    init(journal: ClickJournal) {
        self.journal = journal
    }

    /// Whether nobody sends a frame, or is just taking some.
    var isIdle: Bool { !isReading && windows.values.allSatisfy(\.isIdle) }

    /// The next frames of one journal in order, at most `limit`; none where there are none, or another sender is just
    /// taking some, who then sends ``FrameSignals/ended`` if there may be more.
    ///
    /// - Throws: when a journal cannot be read and no other has frames.
    func next(limit: Int) async throws -> [SealedFrame] {
        // Suspended in a read, the actor would let a second sender take the same frames.
        guard !isReading else { return [] }
        isReading = true
        defer { isReading = false }
        let lives = journal.lives
        let identities = Set(lives.map(\.identity))
        windows = windows.filter { identities.contains($0.key) || !$0.value.isIdle }
        var failure: (any Error)?
        for life in lives {
            do {
                let frames = try await next(of: life, limit: limit)
                guard frames.isEmpty else {
                    defer { journal.signals.ended.send() }
                    return frames
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return []
    }

    private func next(of life: JournalLife, limit: Int) async throws -> [SealedFrame] {
        let window = windows[life.identity] ?? PublishWindow(acknowledged: life.status().acknowledgedFrame)
        windows[life.identity] = window
        let frames: [SealedFrame]
        do {
            frames = try await life.sealedFrames(after: window.handedOut, limit: limit)
        } catch {
            // It was forgotten meanwhile: it had no frames any more.
            guard error == .closed, life.identity != journal.identity else { throw error }
            return []
        }
        for frame in frames { windows[life.identity]?.handOut(frame.number) }
        return frames
    }

    /// Notes that a frame can neither be sent nor set aside: it stays in the journal, and is tried again after the next
    /// start.
    func leave(_ frame: SealedFrame) {
        windows[frame.journal]?.leave(frame.number)
    }

    /// Notes frames that the queue has.
    func accept(_ frames: [SealedFrame]) async throws {
        for (identity, frames) in Dictionary(grouping: frames, by: \.journal) {
            guard let end = windows[identity]?.accept(frames.map(\.number)) else { continue }
            try await journal.acknowledge(through: end, of: identity)
        }
    }
}
