/// What the once-a-second work, the publisher and the metrics ask of the core. None of it is on the append path.
extension JournalCore {
    /// What has to be synchronised, and through which frame the journal is durable once that is done.
    struct SyncWork: Sendable {
        var files: [OpenFile]
        var directory: Bool
        var sealedThrough: UInt64
    }

    var lastSealedFrame: UInt64 { sealer.number - 1 }

    var needsSync: Bool {
        active.isDirty || !unsynced.isEmpty || isDirectoryDirty || isMarkDirty || active.isSuspect
            || durableFrame < lastSealedFrame
    }

    /// Takes the work of a synchronisation. Records appended from here on belong to the next one.
    ///
    /// After a failed synchronisation Linux reports the next one as successful although the data may be gone. So before
    /// anything counts as durable again a new segment must exist: its header says which frame numbers are used up, and
    /// no number that was handed out can come back with other content.
    mutating func beginSync(at now: Int64) throws(JournalError) -> SyncWork {
        if active.isSuspect, let error = rotate(at: now) { throw error }
        let work = SyncWork(
            files: active.isDirty ? unsynced + [active.file] : unsynced, directory: isDirectoryDirty,
            sealedThrough: lastSealedFrame)
        active.isDirty = false
        unsynced = []
        isDirectoryDirty = false
        return work
    }

    mutating func finishSync(_ work: SyncWork) {
        durableFrame = max(durableFrame, work.sealedThrough)
    }

    /// Puts the work back.
    mutating func failSync(_ work: SyncWork) {
        unsynced = work.files + unsynced
        isDirectoryDirty = isDirectoryDirty || work.directory
        active.isSuspect = true
    }

    /// How many frames behind `number` can be handed out without synchronising.
    func durableFrames(after number: UInt64) -> Int {
        index.entries(after: number, through: durableFrame, limit: .max).count
    }

    /// Notes that frames are done with. Only frames that were handed out can be: a higher number is cut down.
    ///
    /// - Returns: the mark to persist, or nil when nothing changed.
    mutating func acknowledge(through number: UInt64, now: () -> Int64) -> AcknowledgementMark? {
        let number = min(number, durableFrame)
        guard number > acknowledged else { return nil }
        mark.frame = number
        mark.totals.acknowledged += UInt64(index.remove(through: number))
        for (frame, lost) in lostFrames where frame <= number {
            mark.totals.lost += UInt64(lost)
            lostFrames[frame] = nil
        }
        rotateIfNeeded(now)
        isMarkDirty = false
        return mark
    }

    /// Notes that frames are about to be handed out.
    ///
    /// - Returns: the mark to persist, or nil when nothing changed.
    mutating func handOut(through number: UInt64) -> AcknowledgementMark? {
        guard number > mark.handedOut else { return nil }
        mark.handedOut = number
        isMarkDirty = false
        return mark
    }

    /// The mark, if it changed without an acknowledgement.
    mutating func takeDirtyMark() -> AcknowledgementMark? {
        defer { isMarkDirty = false }
        return isMarkDirty ? mark : nil
    }

    /// Older segments that hold nothing but acknowledged frames.
    ///
    /// One with a partial frame that is not in the file for these stays: only it tells the next start that nobody can wait
    /// for more of that frame.
    var deletableSegments: [ClosedSegment] {
        let unkept = partialFrames.records.filter { keptPartialFrames.records[$0.key] != $0.value }.keys
        return closedSegments.filter { segment in
            segment.lastFrame <= acknowledged
                && !unkept.contains { segment.name.firstFrame <= $0 && $0 <= segment.lastFrame }
        }
    }

    mutating func forget(_ segment: ClosedSegment) {
        closedSegments.removeAll { $0.name == segment.name }
        status.storedBytes -= segment.size
    }

    /// Notes damage found while reading a frame. Reading the frame again finds the corrected count and nothing new.
    ///
    /// - Returns: whether it is new.
    mutating func noteDamage(_ reading: FrameReading) -> Bool {
        let lost = index.correct(
            reading.number, records: reading.records, payloadBytes: reading.payloadBytes, isPartial: reading.isPartial)
        guard lost > 0 else { return false }
        partialFrames.note(reading.number, records: reading.isPartial ? reading.records : nil)
        status.lostRecords += lost
        lostFrames[reading.number, default: 0] += lost
        status.damagedRegions += max(1, reading.damage.count)
        status.damagedBytes += reading.damage.reduce(0) { $0 + $1.bytes.count }
        return true
    }

    /// Notes records that were dropped before there was a journal to note it in.
    mutating func noteDrops(_ count: UInt64) {
        mark.totals.dropped += count
        isMarkDirty = isMarkDirty || count > 0
    }

    /// Notes that a frame lost its last record: it will never be handed out.
    mutating func noteGap(_ number: UInt64) {
        gaps.insert(number...number)
    }

    /// Notes that nobody will ever take a frame.
    mutating func noteRefusal(of number: UInt64) {
        let lost = index.correct(number, records: 0, payloadBytes: 0, isPartial: true)
        status.lostRecords += lost
        lostFrames[number, default: 0] += lost
        noteGap(number)
    }

    /// The first durable frame behind `number`, and the segments it lies in, in order.
    func nextEntry(after number: UInt64) -> (FrameEntry, [SegmentName])? {
        guard let entry = index.entries(after: number, through: durableFrame, limit: 1).first else { return nil }
        let range = entry.start.segment...entry.end.segment
        return (entry, (closedSegments.map(\.name) + [active.name]).filter { range.contains($0.sequence) })
    }

    func currentStatus() -> JournalStatus {
        var status = status
        status.lastSealedFrame = lastSealedFrame
        status.acknowledgedFrame = acknowledged
        status.openFrameRecords = sealer.records
        status.unacknowledgedFrames = index.entries.count
        status.unacknowledgedRecords = index.records + sealer.records
        status.oldestUnacknowledgedAt = index.entries.first?.openedAt ?? (sealer.isEmpty ? nil : sealer.openedAt)
        status.gaps = gaps.stretches
        status.partialFrames = partialFrames.records
        if sealer.isPartial { status.partialFrames[sealer.number] = sealer.records }
        status.totals = mark.totals
        status.totals.lost += UInt64(lostFrames.values.reduce(0, +))
        return status
    }
}
