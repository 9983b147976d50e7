import ClickJournal
import ShrinkrBase
import ShrinkrStore

/// Hands the journals' sealed frames out to several senders, each frame to one, and tells the journals what they may
/// forget. What earlier starts left goes first.
actor FrameDispenser {
    private let journal: ClickJournal
    private var windows: [JournalIdentity: PublishWindow] = [:]
    private var isReading = false
    /// Frames that are to be sent again, in version 1.
    private var again: [(journal: JournalIdentity, number: UInt64)] = []
    /// Since when a journal has frames that wait for others to fill a message, in the monotonic time.
    private var gatheringSince: [JournalIdentity: Duration] = [:]
    private let time: MonotonicTime

    /// How long a frame waits for others to share a message.
    static let gatheringTime = Duration.seconds(3)

    init(journal: ClickJournal, time: MonotonicTime = MonotonicTime(ContinuousClock())) {
        self.journal = journal
        self.time = time
    }

    /// Whether nobody sends a frame, or is just taking some.
    var isIdle: Bool { !isReading && windows.values.allSatisfy(\.isIdle) }

    /// The next frames of one journal in order, at most `limit`; none where there are none, or another sender is just
    /// taking some, who then sends ``FrameSignals/ended`` if there may be more.
    ///
    /// - Parameter gathering: whether few frames are to wait a while for more.
    /// - Throws: when a journal cannot be read and no other has frames.
    func next(limit: Int, gathering: Bool = false) async throws -> [SealedFrame] {
        // Suspended in a read, the actor would let a second sender take the same frames.
        guard !isReading else { return [] }
        isReading = true
        defer { isReading = false }
        let lives = journal.lives
        let identities = Set(lives.map(\.identity))
        windows = windows.filter { identities.contains($0.key) || !$0.value.isIdle }
        gatheringSince = gatheringSince.filter { gathering && identities.contains($0.key) }
        var failure: (any Error)?
        for life in lives {
            if gathering, isGathering(life) { continue }
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

    /// Whether the journal has too few frames for a message, and not for long.
    private func isGathering(_ life: JournalLife) -> Bool {
        let window = windows[life.identity] ?? PublishWindow(acknowledged: life.status().acknowledgedFrame)
        let sealed = life.status().lastSealedFrame
        guard sealed > window.handedOut, sealed - window.handedOut < PublishPiece.packedFrames else {
            gatheringSince[life.identity] = nil
            return false
        }
        let since = gatheringSince[life.identity] ?? time.now()
        gatheringSince[life.identity] = since
        if time.now() - since < Self.gatheringTime { return true }
        gatheringSince[life.identity] = nil
        return false
    }

    /// When the first journal has waited long enough for more frames, in the monotonic time; nil while none waits.
    var gatheringEnds: Duration? { gatheringSince.values.min().map { $0 + Self.gatheringTime } }

    /// Frames that were sent in version 2 and are to be sent again, at most `limit`. Another sender that finds it at work
    /// gets none, and is told by ``FrameSignals/ended`` afterwards.
    func takeAgain(limit: Int) async throws -> [SealedFrame] {
        guard !isReading, let identity = again.first?.journal else { return [] }
        isReading = true
        defer {
            isReading = false
            // Who found this one at work waits.
            journal.signals.ended.send()
        }
        let numbers = again.lazy.filter { $0.journal == identity }.map(\.number).prefix(limit)
        let chosen = Set(numbers)
        let life = journal.lives.first { $0.identity == identity }
        var frames: [SealedFrame] = []
        for number in chosen.sorted() {  // text: these are numbers.
            let found = try await life?.sealedFrames(after: number - 1, limit: 1) ?? []
            frames += found.filter { $0.number == number }
        }
        again.removeAll { $0.journal == identity && chosen.contains($0.number) }
        // What damage took since cannot be sent again.
        try await accept(identity, Array(chosen.subtracting(frames.map(\.number))))
        return frames
    }

    /// The journals of which something is on its way, by name.
    var journals: [String] { windows.keys.map(\.description) }

    /// Notes frames that the queue has in version 2: they stay in the journal until they are counted.
    func sent(_ frames: [SealedFrame]) {
        for frame in frames {
            windows[frame.journal]?.sent(
                frame.number, clicks: frame.records.count, isPartial: frame.isPartial, at: time.now())
        }
    }

    /// Takes note of what is counted, and tells the journals what they may forget.
    ///
    /// - Returns: whether a worker took a frame in version 2 for its beginning.
    // text: a journal's name is a UUID.
    func settle(_ counting: [String: JournalCounting]) async throws -> Bool {
        var hasBeginnings = false
        for identity in windows.keys {
            guard let counting = counting[identity.description], let result = windows[identity]?.settle(counting) else {
                continue
            }
            hasBeginnings = hasBeginnings || result.hasBeginnings
            if let end = result.end { try await journal.acknowledge(through: end, of: identity) }
        }
        return hasBeginnings
    }

    /// Has frames sent again that the queue got in version 2 and that are not known to be counted: all, or those that it
    /// got before `time`. Returns how many they are.
    @discardableResult
    func takeBack(sentBefore time: Duration? = nil) -> Int {
        let before = again.count
        for identity in windows.keys {
            again += windows[identity]?.takeBack(sentBefore: time).map { (identity, $0) } ?? []
        }
        if again.count > before { journal.signals.ended.send() }
        return again.count - before
    }

    /// Notes that a frame can neither be sent nor set aside: it stays in the journal, and is tried again after the next
    /// start.
    func leave(_ frame: SealedFrame) {
        windows[frame.journal]?.leave(frame.number)
    }

    /// Notes frames that the queue has.
    func accept(_ frames: [SealedFrame]) async throws {
        for (identity, frames) in Dictionary(grouping: frames, by: \.journal) {
            try await accept(identity, frames.map(\.number))
        }
    }

    private func accept(_ identity: JournalIdentity, _ numbers: [UInt64]) async throws {
        guard !numbers.isEmpty, let end = windows[identity]?.accept(numbers) else { return }
        try await journal.acknowledge(through: end, of: identity)
    }
}
