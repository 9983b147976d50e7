import NIOPosix
import ShrinkrBase
import Synchronization

/// The frames of one start of one process: a numbered journal in a directory of its own, under a random identity.
///
/// ``ClickJournal`` makes one for the process, and opens those that earlier starts left; only the process's own is ever
/// appended to.
///
/// On disk: `segments` (`*.clicks`), `acknowledged`, `gaps`, `partial` and `counted`.
package final class JournalLife: Sendable {
    /// The journal's name.
    package let identity: JournalIdentity
    /// The name of its folder; nil where its files lie in the outermost one.
    let place: JournalIdentity?

    private let core: SharedCore
    private let maintenance: Mutex<JournalMaintenance>
    private let directory: JournalDirectory
    private let threadPool: NIOThreadPool
    private let signals: FrameSignals
    private let now: @Sendable () -> Int64

    /// Opens the journal in a place, or makes one there, and recovers what a crash left. This blocks.
    ///
    /// Damage never makes this fail: what cannot be read is copied to `damaged` and counted in ``status()``. Records
    /// that were in no sealed frame are sealed into one, which is partial.
    ///
    /// - Parameters:
    ///   - signals: whom to tell of frames that begin and end.
    ///   - foundBefore: what this process found when it opened the journal before: damage is told of once.
    static func open(
        _ place: JournalPlace, _ configuration: JournalConfiguration, _ threadPool: NIOThreadPool,
        _ system: SystemCalls, _ signals: FrameSignals, now: @escaping @Sendable () -> Int64,
        foundBefore: JournalStatus? = nil
    ) throws(JournalError) -> JournalLife {
        var outcome = try JournalRecovery.recover(place, configuration, system, now: now())
        if let foundBefore { outcome.core.status.keepFindings(of: foundBefore) }
        let life = JournalLife(outcome, place.identity, threadPool, signals, now)
        try life.start(needsIdentityFile: outcome.needsIdentityFile)
        return life
    }

    private init(
        _ outcome: JournalRecovery.Outcome, _ place: JournalIdentity?, _ threadPool: NIOThreadPool,
        _ signals: FrameSignals, _ now: @escaping @Sendable () -> Int64
    ) {
        self.place = place
        identity = outcome.core.identity
        directory = outcome.core.directory
        core = SharedCore(outcome.core)
        maintenance = Mutex(outcome.maintenance)
        self.threadPool = threadPool
        self.signals = signals
        self.now = now
    }

    private func start(needsIdentityFile: Bool) throws(JournalError) {
        try maintain { maintenance throws(JournalError) in
            try maintenance.synchronize(core, now: now())
            // Later than the segment: an identity file without segments would mean that the numbering was lost.
            if needsIdentityFile { try IdentityFile.write(identity, to: directory) }
            try maintenance.deleteAcknowledgedSegments(core, now: now())
        }
    }

    // MARK: Appending

    /// See ``ClickJournal/append(_:)``.
    func append(_ record: UnsafeRawBufferPointer) -> AppendOutcome {
        changingFrames { $0.append(record, now: now) }
    }

    /// See ``ClickJournal/append(_:ends:)``.
    func append(_ records: UnsafeRawBufferPointer, ends: [Int]) -> BatchOutcome {
        changingFrames { $0.append(records, ends: ends, now: now) }
    }

    /// Changes the core, and tells those who wait of a frame that has begun or ended.
    private func changingFrames<Value: Sendable>(_ change: (inout JournalCore) -> Value) -> Value {
        let (value, hasBegun, hasEnded) = core.withLock { core in
            let (number, wasEmpty) = (core.sealer.number, core.sealer.isEmpty)
            let value = change(&core)
            let hasEnded = core.sealer.number != number
            return (value, !core.sealer.isEmpty && (wasEmpty || hasEnded), hasEnded)
        }
        if hasBegun { signals.begun.send() }
        if hasEnded { signals.ended.send() }
        return value
    }

    // MARK: Sealing and synchronising

    /// Seals the open frame now, if it has records.
    ///
    /// - Returns: why the seal could not be written; the frame then stays open, and nothing is lost.
    @discardableResult
    func seal() -> DropReason? {
        changingFrames { $0.isClosed ? .closed : $0.seal(at: now()) }
    }

    /// Seals the open frame if its first record is `sealInterval` old and no long backlog asks for full frames instead.
    ///
    /// - Returns: whether a frame was sealed.
    @discardableResult
    func sealIfDue(now: Int64) -> Bool {
        changingFrames { $0.sealIfDue(at: now) }
    }

    /// See ``ClickJournal/timeToSeal(now:)``.
    func timeToSeal(now: Int64) -> Duration? {
        let glance = core.glance
        return glance.isClosed ? nil : glance.sealer.rest(at: now).map { .milliseconds($0) }
    }

    /// Makes everything appended so far survive a power cut. Without new appends it costs nothing.
    func sync() async throws(JournalError) {
        let glance = core.glance
        guard glance.needsSync || glance.isClosed else { return }
        try await maintain { journal, maintenance throws(JournalError) in
            try maintenance.synchronize(journal.core, now: journal.now())
        }
    }

    // MARK: Publishing

    /// Reads sealed frames back from disk, by rising number. Numbers may have gaps.
    ///
    /// Only frames that would survive a power cut come out; if need be the journal is synchronised for that. Each
    /// record is checked again. Acknowledged frames do not come out.
    ///
    /// - Parameters:
    ///   - number: only frames above this one.
    ///   - limit: how many at most; each holds up to `maximumFrameBytes` in memory.
    package func sealedFrames(after number: UInt64, limit: Int) async throws(JournalError) -> [SealedFrame] {
        let glance = core.glance
        guard glance.isClosed || (glance.lastFrame ?? 0) > number, limit > 0 else { return [] }
        return try await maintain { journal, maintenance throws(JournalError) in
            try maintenance.frames(after: number, limit: limit, journal.core, now: journal.now())
        }
    }

    /// Notes that all frames up to `number` are safe elsewhere, and deletes the segments that hold nothing else.
    ///
    /// Forgetting this (a crash right after) only makes frames come out again. A number that was never handed out counts
    /// as the highest that could have been.
    package func acknowledge(through number: UInt64) async throws(JournalError) {
        try await maintain { journal, maintenance throws(JournalError) in
            try maintenance.acknowledge(through: number, journal.core, now: journal.now())
        }
    }

    /// Notes that nobody will ever take a frame: its records are lost, and its number stays a gap. It is still to be
    /// acknowledged, like a frame that was taken.
    ///
    /// - Parameter copy: the frame as a message, for the folder `damaged`.
    /// - Throws: when the copy cannot be kept; the frame is then not lost, and must not be acknowledged.
    package func setAside(_ number: UInt64, copy: [UInt8]) async throws(JournalError) {
        try await maintain { journal, maintenance throws(JournalError) in
            try maintenance.setAside(number, copy: copy, journal.core)
        }
    }

    /// Notes how many of the journal's frames the store has counted, for the next starts too: of a lower number than before
    /// only since when.
    ///
    /// - Parameter now: milliseconds of the epoch.
    package func noteCounted(frames: UInt64, at now: Int64) async throws(JournalError) {
        let status = status()
        let known = CountedFile.Content(frames: status.countedFrames, behindSince: status.behindSince)
        let isBehind = frames < known.frames
        let noted = CountedFile.Content(
            frames: max(frames, known.frames), behindSince: isBehind ? min(known.behindSince ?? now, now) : nil)
        guard noted != known else { return }
        try await maintain { journal, _ throws(JournalError) in
            try CountedFile.write(noted, of: journal.identity, to: journal.directory)
            journal.core.withLock {
                ($0.status.countedFrames, $0.status.behindSince) = (noted.frames, noted.behindSince)
            }
        }
    }

    // MARK: Closing

    /// Seals the open frame, synchronises and lets go of the directory. Later appends are dropped as `closed`.
    ///
    /// - Throws: when synchronising fails; the journal is closed all the same.
    func close() async throws(JournalError) {
        let wasClosed = core.withLock { state in
            if !state.isClosed { _ = state.seal(at: now()) }
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        defer { directory.unlock() }
        let finish: @Sendable () throws(JournalError) -> Void = { [self] () throws(JournalError) in
            try maintenance.withLock { maintenance throws(JournalError) in
                try maintenance.synchronize(core, now: now())
            }
        }
        do throws(JournalError) {
            try await threadPool.runBlocking(finish)
        } catch .unavailable {
            // The pool stopped first, or the task was cancelled: blocking once at shutdown beats losing the last second.
            try finish()
        }
    }

    /// Deletes the journal's files, once it is closed. The segments go first: what is left without them is none.
    func delete() throws(JournalError) {
        try directory.removeJournal()
    }

    // MARK: Status

    /// The journal's numbers now. Cheap: no system call, nor does it wait for one.
    package func status() -> JournalStatus {
        core.glance.status
    }

    /// Returns once the write that goes on, if one does, has ended. This blocks.
    func waitForWrites() {
        core.withLock { _ in }
    }

    /// Whether nothing was ever appended, nor dropped.
    var isUnused: Bool {
        let status = status()
        return status.lastSealedFrame == 0 && status.openFrameRecords == 0 && status.totals == JournalTotals()
    }

    /// Counts records that were dropped before there was a journal to note it in.
    func noteDrops(_ count: UInt64) {
        core.withLock { $0.noteDrops(count) }
    }

    /// Says how much the other journals of the folder hold, for `maximumBytes` bounds all of them together.
    func noteBytesElsewhere(_ bytes: Int) {
        core.withLock { $0.bytesElsewhere = bytes }
    }

    // MARK: Blocking work

    private func maintain<Result: Sendable>(
        _ body: @escaping @Sendable (JournalLife, inout JournalMaintenance) throws(JournalError) -> Result
    ) async throws(JournalError) -> Result {
        try await threadPool.runBlocking { [self] () throws(JournalError) in
            try maintain { maintenance throws(JournalError) in try body(self, &maintenance) }
        }
    }

    private func maintain<Result: Sendable>(
        _ body: (inout JournalMaintenance) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        try maintenance.withLock { maintenance throws(JournalError) in
            if core.withLock(\.isClosed) { throw JournalError.closed }
            return try body(&maintenance)
        }
    }
}

extension NIOThreadPool {
    /// Runs blocking work of a journal.
    func runBlocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(JournalError) -> Value
    ) async throws(JournalError) -> Value {
        let result: Result<Value, JournalError>
        do {
            result = try await runIfActive { Result(catching: body) }
        } catch {
            throw .unavailable
        }
        return try result.get()
    }
}
