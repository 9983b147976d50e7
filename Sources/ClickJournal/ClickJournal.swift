package import NIOPosix
import Synchronization

/// The journal that makes "answered means recorded" true: clicks on local disk, cut into numbered frames.
///
/// What it promises, and how:
///
/// - **A recorded click survives the death of the process.** ``append(_:)`` returns `.recorded` only after write(2) took
///   the whole record. A power cut can take what was appended since the last ``sync()``.
/// - **A frame never changes.** Frames are numbered from 1; (``identity``, number) always names the same clicks. Records
///   name their frame and seals mark its end in the files themselves, so a crash changes no boundary; a frame is handed
///   out only once it, and the fact that its number is used up, is safe from a power cut.
/// - **Nothing is unbounded.** Past `maximumBytes`, or on a full disk, records are dropped and counted.
///
/// On disk: `segments` (`*.clicks`), `identity`, `acknowledged`, `lock`, and `damaged/` for bytes that could not be read.
/// A directory belongs to one process on one machine: a copy or an old snapshot of it, opened beside or after the
/// original, would give numbers out twice.
package final class ClickJournal: Sendable {
    /// The journal's name, for as long as its directory exists.
    package let identity: JournalIdentity

    private let core: Mutex<JournalCore>
    private let maintenance: Mutex<JournalMaintenance>
    private let directory: JournalDirectory
    private let threadPool: NIOThreadPool
    private let now: @Sendable () -> Int64

    /// Opens the journal in `directory`, or makes one there, and recovers what a crash left.
    ///
    /// Damage never makes this fail: what cannot be read is copied to `damaged/` and counted in ``status()``. Records
    /// that were in no sealed frame are sealed into one.
    ///
    /// - Parameters:
    ///   - directory: path of the directory; made, with those above it, when missing. It is locked.
    ///   - threadPool: where blocking reads and synchronising run; it must be running.
    ///   - now: the wall clock, Unix time in milliseconds.
    /// - Throws: ``JournalError`` when the directory is in use or cannot be used, or the configuration is invalid.
    package static func open(
        directory: String, configuration: JournalConfiguration, threadPool: NIOThreadPool,
        now: @escaping @Sendable () -> Int64
    ) async throws(JournalError) -> ClickJournal {
        try await open(
            directory: directory, configuration: configuration, threadPool: threadPool, now: now, system: .live)
    }

    static func open(
        directory path: String, configuration: JournalConfiguration, threadPool: NIOThreadPool,
        now: @escaping @Sendable () -> Int64, system: SystemCalls
    ) async throws(JournalError) -> ClickJournal {
        try configuration.validate()
        return try await run(on: threadPool) { () throws(JournalError) in
            let directory = try JournalDirectory(locking: path, system)
            let outcome = try JournalRecovery.recover(directory, configuration, system, now: now())
            let journal = ClickJournal(outcome, threadPool, now)
            try journal.start(needsIdentityFile: outcome.needsIdentityFile)
            return journal
        }
    }

    private init(
        _ outcome: JournalRecovery.Outcome, _ threadPool: NIOThreadPool, _ now: @escaping @Sendable () -> Int64
    ) {
        identity = outcome.core.identity
        directory = outcome.core.directory
        core = Mutex(outcome.core)
        maintenance = Mutex(JournalMaintenance(outcome))
        self.threadPool = threadPool
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

    /// Records one click. When this returns `.recorded`, the operating system has it.
    ///
    /// Any thread may call it; it costs one write(2) and never waits for the disk to synchronise.
    package func append(_ record: [UInt8]) -> AppendOutcome {
        record.withUnsafeBytes { append($0) }
    }

    /// As ``append(_:)``, for bytes that are not in an array. They are copied before this returns.
    package func append(_ record: UnsafeRawBufferPointer) -> AppendOutcome {
        core.withLock { $0.append(record, now: now) }
    }

    // MARK: Sealing and synchronising

    /// Seals the open frame now, if it has records.
    ///
    /// - Returns: why the seal could not be written; the frame then stays open, and nothing is lost.
    @discardableResult
    package func seal() -> DropReason? {
        core.withLock { $0.isClosed ? .closed : $0.seal(at: now()) }
    }

    /// Seals the open frame if its first record is `sealInterval` old and no long backlog asks for full frames instead.
    /// Meant to be called a few times per interval.
    ///
    /// - Returns: whether a frame was sealed.
    @discardableResult
    package func sealIfDue(now: Int64) -> Bool {
        core.withLock { $0.sealIfDue(at: now) }
    }

    /// Makes everything appended so far survive a power cut. Without new appends it costs nothing.
    package func sync() async throws(JournalError) {
        guard core.withLock({ $0.needsSync || $0.isClosed }) else { return }
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
        guard core.withLock({ $0.isClosed || $0.hasSealedFrame(after: number) }), limit > 0 else { return [] }
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

    // MARK: Closing

    /// Seals the open frame, synchronises and lets go of the directory. Later appends are dropped as `closed`.
    ///
    /// - Throws: when synchronising fails; the journal is closed all the same.
    package func close() async throws(JournalError) {
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
            try await Self.run(on: threadPool, finish)
        } catch .unavailable {
            // The pool stopped first, or the task was cancelled: blocking once at shutdown beats losing the last second.
            try finish()
        }
    }

    // MARK: Status

    /// The journal's numbers now. Cheap: no system call.
    package func status() -> JournalStatus {
        core.withLock { $0.currentStatus() }
    }

    // MARK: Blocking work

    private func maintain<Result: Sendable>(
        _ body: @escaping @Sendable (ClickJournal, inout JournalMaintenance) throws(JournalError) -> Result
    ) async throws(JournalError) -> Result {
        try await Self.run(on: threadPool) { [self] () throws(JournalError) in
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

    private static func run<Value: Sendable>(
        on threadPool: NIOThreadPool, _ body: @escaping @Sendable () throws(JournalError) -> Value
    ) async throws(JournalError) -> Value {
        let result: Result<Value, JournalError>
        do {
            result = try await threadPool.runIfActive { Result(catching: body) }
        } catch {
            throw .unavailable
        }
        return try result.get()
    }
}
