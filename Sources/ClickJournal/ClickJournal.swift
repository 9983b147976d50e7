package import NIOPosix
import ShrinkrBase
import Synchronization

/// The journal that makes "answered means recorded" true: clicks on local disk, cut into numbered frames.
///
/// What it promises, and how:
///
/// - **A recorded click survives the death of the process.** ``append(_:)`` returns `.recorded` only after write(2) took
///   the whole record. A power cut can take what was appended since the last ``sync()``.
/// - **A frame has one name, and the name one frame.** Frames are numbered from 1 under an identity that is made anew
///   at every start, so that a copy of the folder, or an old snapshot of it, that is opened beside or after the original
///   gives no name out twice. Frames that earlier starts left keep their identity and number until they are acknowledged.
/// - **A frame never changes,** but for one case. Records name their frame and seals mark its end in the files themselves,
///   so a crash changes no boundary; a frame is handed out only once it, and the fact that its number is used up, is
///   safe from a power cut. The frame that was open when a process died, or when its files were copied, is sealed by the
///   next start, and marked as partial: another copy of the files may hold more of it. Of two such frames with one name
///   the one is the beginning of the other.
/// - **Nothing is unbounded.** Past `maximumBytes`, or on a full disk, records are dropped and counted. Of what earlier
///   starts left, at most ``JournalConfiguration/maximumOpenLives`` are open at once, the oldest first; the numbers of
///   the others are known.
///
/// On disk: `lock`, `damaged/` for bytes that could not be read, and a directory for each start that left something,
/// named by its identity (``JournalLife``). The files of release 0.1.0 lie beside them and are taken for one more.
/// A directory belongs to one process at a time.
package final class ClickJournal: Sendable {
    /// The name of what this process records.
    package let identity: JournalIdentity
    /// Tells of frames that begin and end.
    package let signals: FrameSignals

    private struct State {
        /// This process's own; nil where the disk had no room for it yet.
        var own: JournalLife?
        /// What earlier starts left, as far as it is open.
        var earlier: [JournalLife]
        /// What earlier starts left besides: opened in this order as others are forgotten.
        var waiting: [JournalShelf.Waiting]
        /// What was counted of those that are gone.
        var retired: JournalStatus
        /// Records dropped while there was no own journal.
        var unrecorded: UInt64 = 0
        var isClosed = false

        /// Whether a journal that waits may be opened.
        var hasRoom: Bool { !isClosed && !waiting.isEmpty && earlier.count < JournalConfiguration.maximumOpenLives }
    }

    private let state: Mutex<State>
    /// Held while a journal that waited is opened.
    private let opening = Mutex(())
    private let root: JournalDirectory
    private let damageFolder: DamageFolder
    private let configuration: JournalConfiguration
    private let threadPool: NIOThreadPool
    private let system: SystemCalls
    private let now: @Sendable () -> Int64

    /// Opens the journal in `directory`, or makes one there, and recovers what earlier starts left.
    ///
    /// Damage never makes this fail: what cannot be read is copied to `damaged/` and counted in ``status()``. Nor does a
    /// full disk, where there was a journal before: records are dropped until there is room.
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
        return try await threadPool.runBlocking { () throws(JournalError) in
            FileLimit.raise(to: configuration.maximumOpenFiles)
            let root = try JournalDirectory(locking: path, system)
            let folder = try DamageFolder(in: root, maximumBytes: configuration.maximumSetAsideBytes)
            let shelf = JournalShelf(root: root, damageFolder: folder)
            let most = JournalConfiguration.maximumOpenLives
            let signals = FrameSignals()
            let earlier = try shelf.openAll(keeping: most) { place throws(JournalError) in
                try JournalLife.open(place, configuration, threadPool, system, signals, now: now)
            }
            let journal = ClickJournal(
                root: root, damageFolder: folder, earlier, configuration, threadPool, system, signals, now: now)
            do throws(JournalError) {
                try journal.makeOwn()
            } catch  where error.isDiskFull && root.wasInUse {
                // Redirects go on; the next synchronisation tries again.
            }
            return journal
        }
    }

    private init(
        root: JournalDirectory, damageFolder: DamageFolder, _ found: JournalShelf.Content,
        _ configuration: JournalConfiguration, _ threadPool: NIOThreadPool, _ system: SystemCalls,
        _ signals: FrameSignals, now: @escaping @Sendable () -> Int64
    ) {
        identity = .random()
        self.signals = signals
        self.root = root
        self.damageFolder = damageFolder
        self.configuration = configuration
        self.threadPool = threadPool
        self.system = system
        self.now = now
        var retired = JournalStatus(identity: identity)
        for status in found.removed { retired.addHistory(of: status) }
        retired.damagedRegions += found.damagedRegions
        state = Mutex(State(own: nil, earlier: found.lives, waiting: found.waiting, retired: retired))
    }

    /// Makes this process's own journal; the name of its directory is safe from a power cut before anything is appended.
    private func makeOwn() throws(JournalError) {
        let name = identity.description
        let directory = try JournalDirectory(name, in: root, isNew: true)
        let own: JournalLife
        do throws(JournalError) {
            let place = JournalPlace(directory: directory, identity: identity, damageFolder: damageFolder)
            own = try JournalLife.open(place, configuration, threadPool, system, signals, now: now)
        } catch {
            try? directory.removeJournal()
            _ = root.removeFolder(name)
            throw error
        }
        state.withLock { state in
            own.noteDrops(state.unrecorded)
            state.unrecorded = 0
            state.own = own
        }
        noteBytes()
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
        if let own = state.withLock(\.own) { return own.append(record) }
        return state.withLock { state in
            let reason: DropReason = state.isClosed ? .closed : .diskFull
            state.unrecorded += 1
            return .dropped(reason)
        }
    }

    /// Records several clicks with one write(2) wherever that is possible: each as ``append(_:)`` does.
    ///
    /// - Parameters:
    ///   - records: one behind the other.
    ///   - ends: where each of them ends, in rising order.
    package func append(_ records: UnsafeRawBufferPointer, ends: [Int]) -> BatchOutcome {
        if let own = state.withLock(\.own) { return own.append(records, ends: ends) }
        var outcome = BatchOutcome()
        var start = 0
        for end in ends {
            outcome.add(append(UnsafeRawBufferPointer(rebasing: records[start..<end])))
            start = end
        }
        return outcome
    }

    // MARK: Sealing and synchronising

    /// Seals the open frame now, if it has records.
    ///
    /// - Returns: why the seal could not be written; the frame then stays open, and nothing is lost.
    @discardableResult
    package func seal() -> DropReason? {
        lives.reduce(nil) { $1.seal() ?? $0 }
    }

    /// Seals the open frame if its first record is `sealInterval` old and no long backlog asks for full frames instead.
    ///
    /// - Returns: whether a frame was sealed.
    @discardableResult
    package func sealIfDue(now: Int64) -> Bool {
        lives.reduce(false) { $1.sealIfDue(now: now) || $0 }
    }

    /// Seals frames on a thread that may wait for the disk: all of them, or those that are due now.
    package func sealOnThread(dueAt now: Int64? = nil) async {
        await onThread { journal in
            if let now { journal.sealIfDue(now: now) } else { journal.seal() }
        }
    }

    private func onThread(_ work: @escaping @Sendable (ClickJournal) -> Void) async {
        try? await threadPool.runBlocking { [self] () throws(JournalError) in work(self) }
    }

    /// The time until ``sealIfDue(now:)`` has something to do; zero where it had and could not, nil while no frame is
    /// open: then it has nothing to do before ``FrameSignals/begun``.
    package func timeToSeal(now: Int64) -> Duration? {
        lives.compactMap { $0.timeToSeal(now: now) }.min()
    }

    /// Makes everything appended so far survive a power cut. Without new appends it costs nothing.
    ///
    /// - Throws: the first failure, once all journals were tried, this process's own first.
    package func sync() async throws(JournalError) {
        let (own, isClosed) = state.withLock { ($0.own, $0.isClosed) }
        var failure: JournalError?
        if own == nil, !isClosed {
            do throws(JournalError) {
                try await threadPool.runBlocking { [self] () throws(JournalError) in try makeOwn() }
            } catch {
                failure = error
            }
        }
        do throws(JournalError) { try await openWaiting() } catch { failure = failure ?? error }
        for life in lives.reversed() {
            do throws(JournalError) {
                try await life.sync()
            } catch .closed where life.identity != identity {
                // It was forgotten meanwhile.
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    // MARK: Publishing

    /// The journals whose frames may be sent now, oldest first and this process's own last: those of earlier starts until
    /// ``forget(_:)``, at most ``JournalConfiguration/maximumOpenLives`` of them.
    package var lives: [JournalLife] {
        state.withLock { $0.earlier + ($0.own.map { [$0] } ?? []) }
    }

    /// The numbers of each journal of an earlier start, those included that are not open yet.
    package var earlierStatuses: [JournalStatus] {
        let (earlier, waiting) = state.withLock { ($0.earlier, $0.waiting) }
        return earlier.map { $0.status() } + waiting.map(\.status)
    }

    /// Opens the next of the journals that wait, as far as others were forgotten. One that cannot be opened goes to the
    /// end, and is tried again by the next ``sync()``.
    private func openWaiting() async throws(JournalError) {
        guard state.withLock(\.hasRoom) else { return }
        try await threadPool.runBlocking { [self] () throws(JournalError) in
            try opening.withLock { _ throws(JournalError) in
                while let next = state.withLock({ $0.hasRoom ? $0.waiting.first : nil }) { try open(next) }
            }
        }
    }

    /// Has every journal looked at, those that wait one after the other: `look` may read its frames.
    package func visitAll(_ look: (JournalLife) async throws -> Void) async throws {
        for life in lives { try await look(life) }
        for next in state.withLock(\.waiting) {
            let life = try await threadPool.runBlocking { [self] () throws(JournalError) in try reopen(next) }
            try await look(life)
            let status = life.status()
            state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.place == next.place }) else { return }
                state.waiting[index] = JournalShelf.Waiting(place: next.place, status: status)
            }
        }
    }

    private func reopen(_ waiting: JournalShelf.Waiting) throws(JournalError) -> JournalLife {
        let place = try JournalShelf(root: root, damageFolder: damageFolder).place(waiting.place)
        return try JournalLife.open(
            place, configuration, threadPool, system, signals, now: now, foundBefore: waiting.status)
    }

    private func open(_ next: JournalShelf.Waiting) throws(JournalError) {
        do throws(JournalError) {
            let life = try reopen(next)
            state.withLock { state in
                state.waiting.removeFirst()
                state.earlier.append(life)
            }
            // Its last frame may be open, where the disk had no room for the seal.
            signals.begun.send()
            signals.ended.send()
        } catch {
            state.withLock { $0.waiting.append($0.waiting.removeFirst()) }
            throw error
        }
    }

    /// Notes that all frames of a journal up to `number` are safe elsewhere; see ``JournalLife``.
    package func acknowledge(through number: UInt64, of journal: JournalIdentity) async throws(JournalError) {
        do throws(JournalError) {
            try await life(journal)?.acknowledge(through: number)
        } catch {
            await onThread { $0.noteBytes() }
            throw error
        }
        await onThread { $0.noteBytes() }
    }

    /// Notes that nobody will ever take a frame; see ``JournalLife``.
    package func setAside(_ frame: SealedFrame, copy: [UInt8]) async throws(JournalError) {
        guard let life = life(frame.journal) else { throw .closed }
        try await life.setAside(frame.number, copy: copy)
    }

    private func life(_ identity: JournalIdentity) -> JournalLife? { lives.first { $0.identity == identity } }

    /// Deletes a journal of an earlier start, of which every frame is acknowledged, and opens one that waits in its place.
    /// Another one stays.
    package func forget(_ life: JournalLife) async throws(JournalError) {
        guard life !== state.withLock({ $0.own }), life.status().isAcknowledged else { return }
        try await life.close()
        try await threadPool.runBlocking { [self] () throws(JournalError) in try remove(life) }
        try await openWaiting()
    }

    private func remove(_ life: JournalLife) throws(JournalError) {
        try life.delete()
        if let place = life.place { _ = root.removeFolder(place.description) }
        state.withLock { state in
            state.earlier.removeAll { $0 === life }
            state.retired.addHistory(of: life.status())
        }
        noteBytes()
    }

    private func noteBytes() {
        let own = state.withLock(\.own)
        own?.noteBytesElsewhere(earlierStatuses.reduce(0) { $0 + $1.storedBytes })
    }

    // MARK: Closing

    /// Seals the open frame, synchronises and lets go of the directory. Later appends are dropped as `closed`. A process
    /// that recorded nothing leaves nothing behind.
    ///
    /// - Throws: when synchronising fails; the journal is closed all the same.
    package func close() async throws(JournalError) {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        defer { root.unlock() }
        // One that is just being opened is open once this returns.
        try? await threadPool.runBlocking { [self] () throws(JournalError) in opening.withLock { _ in } }
        var failure: JournalError?
        for life in lives {
            do throws(JournalError) { try await life.close() } catch { failure = error }
        }
        if let own = state.withLock(\.own), own.isUnused {
            try? own.delete()
            _ = root.removeFolder(identity.description)
        }
        if let failure { throw failure }
    }

    // MARK: Status

    /// The numbers of this process's own journal.
    package func ownStatus() -> JournalStatus {
        state.withLock { state in
            if let own = state.own { return own.status() }
            var status = JournalStatus(identity: identity)
            status.totals.dropped = state.unrecorded
            return status
        }
    }

    /// The same, once every write that has begun has ended: what is said of all clicks before a moment may not overtake one
    /// that the disk holds up.
    package func settledOwnStatus() async -> JournalStatus {
        await onThread { journal in journal.state.withLock(\.own)?.waitForWrites() }
        return ownStatus()
    }

    /// The numbers of all journals together, under this process's identity and frame numbers. Cheap: no system call.
    package func status() -> JournalStatus {
        var status = ownStatus()
        status.addHistory(of: state.withLock(\.retired))
        for earlier in earlierStatuses { status.add(earlier) }
        return status
    }
}
