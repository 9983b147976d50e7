/// The journal's state: what every append changes. It lives behind the journal's mutex.
///
/// It writes, but it never waits for the disk to synchronise: ``beginSync()`` hands out what has to be synchronised,
/// and the caller does that without holding the mutex.
struct JournalCore: Sendable {
    let configuration: JournalConfiguration
    let identity: JournalIdentity
    let directory: JournalDirectory
    let system: SystemCalls

    var active: ActiveSegment
    /// Older segments, in order.
    var closedSegments: [ClosedSegment]
    var sealer: FrameSealer
    /// Where the open frame's first record lies.
    var openStart: JournalPosition
    var index = FrameIndex()
    /// How far frames were acknowledged, and the totals at that point.
    var mark = AcknowledgementMark()
    /// Whether the mark changed since it was last written.
    var isMarkDirty = false
    /// See ``JournalStatus/gaps``.
    var gaps = FrameGaps()
    /// The gaps that are in their file.
    var keptGaps = FrameGaps()
    /// Records that damage took from frames that are not acknowledged.
    var lostFrames: [UInt64: Int] = [:]
    /// See ``JournalStatus/partialFrames``.
    var partialFrames = PartialFrames()
    /// The partial frames that are in their file.
    var keptPartialFrames = PartialFrames()
    /// Bytes of other journals in the same folder: `maximumBytes` bounds all of them together.
    var bytesElsewhere = 0
    var status: JournalStatus
    var isClosed = false

    /// Segments left before they were synchronised.
    var unsynced: [OpenFile]
    /// Whether a segment was created since the directory was synchronised.
    var isDirectoryDirty = true
    /// Through which frame the journal would survive a power cut; only such frames are handed out.
    var durableFrame: UInt64 = 0

    /// The last frame that was acknowledged; 0 before the first.
    var acknowledged: UInt64 { mark.frame }

    /// One record, or several that are appended together, are encoded here and written from here.
    var buffer: [UInt8]

    init(
        configuration: JournalConfiguration, identity: JournalIdentity, directory: JournalDirectory,
        system: SystemCalls,
        active: ActiveSegment, closedSegments: [ClosedSegment], unsynced: [OpenFile], nextFrame: UInt64,
        status: JournalStatus
    ) {
        self.configuration = configuration
        self.identity = identity
        self.directory = directory
        self.system = system
        self.active = active
        self.closedSegments = closedSegments
        self.unsynced = unsynced
        self.status = status
        sealer = FrameSealer(limits: FrameSealer.Limits(configuration), number: nextFrame)
        openStart = JournalPosition(segment: active.name.sequence, offset: active.size)
        let payload = max(configuration.maximumRecordBytes, SealPayload.byteCount)
        buffer = [UInt8](repeating: 0, count: RecordFormat.headerBytes + payload)
    }

    // MARK: Appending

    /// Writes one record with one write(2), sealing the open frame and changing segments first where needed.
    mutating func append(_ record: UnsafeRawBufferPointer, now: () -> Int64) -> AppendOutcome {
        if let reason = refusal(of: record.count) { return drop(reason) }
        if sealer.mustSeal(before: record.count), let reason = seal(at: now()) { return drop(reason) }
        rotateIfNeeded(now)
        let start = JournalPosition(segment: active.name.sequence, offset: active.size)
        if let reason = write(.click, payload: record) { return drop(reason) }
        if sealer.isEmpty { openStart = start }
        sealer.add(record.count, at: now())
        return .recorded
    }

    /// What a record needs besides its payload: its header, the seals before and after it, and a segment header.
    private static let reserve = RecordFormat.headerBytes + 2 * RecordFormat.sealBytes + SegmentHeader.byteCount

    /// Why a record cannot be taken, behind bytes that are to be written before it.
    func refusal(of count: Int, behind bytes: Int = 0) -> DropReason? {
        if isClosed { return .closed }
        if count > configuration.maximumRecordBytes { return .tooLarge }
        if bytesElsewhere + status.storedBytes + bytes + count + Self.reserve > configuration.maximumBytes {
            return .full
        }
        return nil
    }

    private mutating func drop(_ reason: DropReason) -> AppendOutcome {
        mark.totals.dropped += 1
        isMarkDirty = true
        return .dropped(reason)
    }

    // MARK: Sealing

    /// Ends the open frame, if it has records. Appending kept room for the seal below `maximumBytes`: without it nothing
    /// could be sent, and nothing freed.
    mutating func seal(at now: Int64) -> DropReason? {
        guard !sealer.isEmpty else { return nil }
        if active.isSuspect { _ = rotate(at: now) }
        let payload = SealPayload(
            records: UInt64(sealer.records), payloadBytes: UInt64(sealer.payloadBytes), openedAt: sealer.openedAt,
            sealedAt: now, isLate: sealer.isInherited)
        let kind: RecordFormat.Kind = payload.isLate ? .lateSeal : .seal
        if let reason = payload.withBytes({ write(kind, payload: $0) }) { return reason }
        index.append(
            FrameEntry(
                number: sealer.number, start: openStart,
                end: JournalPosition(segment: active.name.sequence, offset: active.size), records: sealer.records,
                payloadBytes: sealer.payloadBytes, openedAt: sealer.openedAt, sealedAt: now, isPartial: sealer.isPartial
            ))
        if sealer.isPartial { partialFrames.note(sealer.number, records: sealer.records) }
        sealer.advance()
        return nil
    }

    /// Seals the open frame if its age asks for it and the backlog is short enough for small frames.
    mutating func sealIfDue(at now: Int64) -> Bool {
        guard !isClosed, sealer.isDue(at: now), index.entries.count < configuration.maximumTimedFrames else {
            return false
        }
        return seal(at: now) == nil
    }

    // MARK: Segments

    /// Begins a new segment when the active one is full and the frame is complete, or when the disk failed under it.
    ///
    /// When that fails the active segment serves on: growing past `segmentBytes` beats dropping clicks.
    mutating func rotateIfNeeded(_ now: () -> Int64) {
        guard active.isSuspect || (sealer.isEmpty && active.size >= configuration.segmentBytes) else { return }
        _ = rotate(at: now())
    }

    mutating func rotate(at now: Int64) -> JournalError? {
        let name = SegmentName(sequence: active.name.sequence + 1, firstFrame: sealer.number)
        switch SegmentCreation(directory: directory, system: system, identity: identity).create(name, at: now) {
        case .failure(let error):
            return error
        case .success(let segment):
            let lastFrame = sealer.isEmpty ? sealer.number - 1 : sealer.number
            closedSegments.append(ClosedSegment(name: active.name, size: active.size, lastFrame: lastFrame))
            if active.isDirty { unsynced.append(active.file) }
            active = segment
            status.storedBytes += segment.size
            isDirectoryDirty = true
            return nil
        }
    }

    // MARK: Writing

    private mutating func write(_ kind: RecordFormat.Kind, payload: UnsafeRawBufferPointer) -> DropReason? {
        let (frame, seed) = (sealer.number, active.seed)
        let count = buffer.withUnsafeMutableBytes {
            RecordFormat.encode(kind, frame: frame, payload: payload, seed: seed, into: $0)
        }
        let code = buffer.withUnsafeBytes {
            system.writeAll(active.file.descriptor, UnsafeRawBufferPointer(rebasing: $0[..<count]), at: active.size)
        }
        active.isDirty = true
        guard code == 0 else { return undoWrite(code) }
        active.size += count
        status.storedBytes += count
        return nil
    }

    /// Removes what a failed write may have left. Should that fail as well, nothing is lost: writes go to a position, so
    /// the next record overwrites the remains, and what sticks out behind it can never pass for a record.
    mutating func undoWrite(_ code: Int32) -> DropReason {
        _ = system.truncate(active.file.descriptor, active.size)
        let reason = DropReason(errno: code)
        if reason != .diskFull { active.isSuspect = true }
        return reason
    }
}
