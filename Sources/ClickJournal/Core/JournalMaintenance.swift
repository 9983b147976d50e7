/// The blocking work of a journal: synchronising, reading frames back, acknowledging. One at a time, on the thread pool.
///
/// It takes the core's mutex only to look at or change numbers, never around a system call that waits for the disk.
struct JournalMaintenance: Sendable {
    private let directory: JournalDirectory
    private let system: SystemCalls
    private var acknowledgements: AcknowledgementFile
    private let folder: DamageFolder
    private let folderPrefix: String

    /// - Parameters:
    ///   - folder: gets copies of what cannot be read.
    ///   - folderPrefix: what their names begin with; see ``DamageFolder/copyName(of:_:folder:)``.
    init(of core: JournalCore, _ acknowledgements: AcknowledgementFile, _ folder: DamageFolder, folderPrefix: String) {
        directory = core.directory
        system = core.system
        self.acknowledgements = acknowledgements
        self.folder = folder
        self.folderPrefix = folderPrefix
    }

    /// Brings everything appended so far to the disk. Does nothing when nothing was appended since the last time.
    mutating func synchronize(_ core: borrowing SharedCore, now: Int64) throws(JournalError) {
        noteDrops(core)
        let work = try core.withLock { state throws(JournalError) -> JournalCore.SyncWork? in
            state.needsSync ? try state.beginSync(at: now) : nil
        }
        guard let work else { return }
        do throws(JournalError) {
            for file in work.files { try synchronize(file) }
            if work.directory { try directory.synchronize() }
        } catch {
            core.withLock { $0.failSync(work) }
            throw error
        }
        core.withLock { $0.finishSync(work) }
    }

    /// Reads at most `limit` durable frames with numbers above `number`; synchronises first if that adds any.
    mutating func frames(
        after number: UInt64, limit: Int, _ core: borrowing SharedCore, now: Int64
    ) throws(JournalError) -> [SealedFrame] {
        if core.withLock({ $0.durableFrames(after: number) < limit }) { try synchronize(core, now: now) }
        var frames: [SealedFrame] = []
        var after = number
        while frames.count < limit, let (entry, segments) = core.withLock({ $0.nextEntry(after: after) }) {
            let identity = core.withLock(\.identity)
            let reading = try FrameReading(entry, segments: segments, identity: identity, directory: directory)
            if core.withLock({ $0.noteDamage(reading) }) { keep(reading.damage) }
            if reading.records > 0 { frames.append(reading.frame) } else { core.withLock { $0.noteGap(entry.number) } }
            after = entry.number
        }
        noteHandingOut(through: after, core)
        return frames
    }

    /// Keeps a copy of a frame that nobody takes, and only then notes that its records are lost.
    mutating func setAside(_ number: UInt64, copy: [UInt8], _ core: borrowing SharedCore) throws(JournalError) {
        try folder.keep(frame: number, of: core.withLock(\.identity), copy)
        core.withLock { $0.noteRefusal(of: number) }
    }

    /// Notes that frames are done with, then deletes the segments that hold nothing else.
    mutating func acknowledge(
        through number: UInt64, _ core: borrowing SharedCore, now: Int64
    ) throws(JournalError) {
        keepGaps(core)
        keepPartialFrames(core)
        guard let mark = core.withLock({ $0.acknowledge(through: number) { now } }) else { return }
        let code = acknowledgements.write(mark, system)
        if code != 0 { core.withLock { $0.isMarkDirty = true } }
        // Even without its mark: on a full disk nothing else frees space.
        try deleteAcknowledgedSegments(core, now: now)
        guard code == 0 else {
            throw .io(operation: "write", path: "\(directory.path)/\(AcknowledgementFile.name)", errno: code)
        }
    }

    mutating func deleteAcknowledgedSegments(_ core: borrowing SharedCore, now: Int64) throws(JournalError) {
        let segments = core.withLock(\.deletableSegments)
        guard !segments.isEmpty else { return }
        // Only a durable later segment may be the last to know which frame numbers are used up.
        try synchronize(core, now: now)
        // Only the mark knows the records of a segment that is gone.
        let code = acknowledgements.synchronize(system)
        guard code == 0 else { throw .io(operation: "synchronise", path: directory.path, errno: code) }
        for segment in segments {
            try directory.remove(segment.name.text)
            core.withLock { $0.forget(segment) }
        }
    }

    /// Keeps which numbers nobody will take before frames behind them are let go of. Letting go does not wait for that to
    /// work: only the ledger needs it, and only after a crash.
    private func keepGaps(_ core: borrowing SharedCore) {
        let (gaps, identity) = core.withLock { ($0.gaps == $0.keptGaps ? nil : $0.gaps, $0.identity) }
        guard let gaps, (try? GapFile.write(gaps, of: identity, to: directory)) != nil else { return }
        core.withLock { $0.keptGaps = gaps }
    }

    /// Keeps how much there is of partial frames; until that works, the segments stay that say so.
    private func keepPartialFrames(_ core: borrowing SharedCore) {
        let (frames, identity) = core.withLock { state in
            (state.partialFrames == state.keptPartialFrames ? nil : state.partialFrames, state.identity)
        }
        guard let frames, (try? PartialFile.write(frames, of: identity, to: directory)) != nil else { return }
        core.withLock { $0.keptPartialFrames = frames }
    }

    /// Keeps the number of drops. That it cannot be kept is no reason to fail: it is tried again.
    private mutating func noteDrops(_ core: borrowing SharedCore) {
        guard let mark = core.withLock({ $0.takeDirtyMark() }), acknowledgements.write(mark, system) != 0 else {
            return
        }
        core.withLock { $0.isMarkDirty = true }
    }

    /// Keeps, before anybody sends them, that the numbers up to this one are used. Sending does not wait for that to work:
    /// only together with the loss of the frames themselves is it needed.
    private mutating func noteHandingOut(through number: UInt64, _ core: borrowing SharedCore) {
        guard let mark = core.withLock({ $0.handOut(through: number) }) else { return }
        if acknowledgements.write(mark, system) != 0 { core.withLock { $0.isMarkDirty = true } }
    }

    private func synchronize(_ file: OpenFile) throws(JournalError) {
        let code = system.synchronize(file.descriptor)
        guard code == 0 else { throw .io(operation: "synchronise", path: directory.path, errno: Int32(-code)) }
    }

    private func keep(_ damage: [FrameReading.Damage]) {
        for region in damage {
            folder.keep(region.bytes, of: region.segment.text, at: region.offset, folder: folderPrefix)
        }
    }
}
