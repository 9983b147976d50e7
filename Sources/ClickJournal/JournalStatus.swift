/// The numbers of a journal, or of several, at one moment, for metrics and for the conservation ledger: recovered plus appended records are
/// the acknowledged plus the unacknowledged ones, less those that damage took while the journal was open.
package struct JournalStatus: Sendable, Equatable {
    /// The journal's name.
    package var identity: JournalIdentity
    /// The highest frame number used up, which is the last sealed frame's unless damage made the numbering skip; 0 before
    /// the first.
    package var lastSealedFrame: UInt64 = 0
    /// The frame through which everything was acknowledged; 0 before the first.
    package var acknowledgedFrame: UInt64 = 0
    /// Records not acknowledged, those of the open frame included.
    package var unacknowledgedRecords = 0
    /// Their payload, in bytes.
    package var unacknowledgedBytes = 0
    /// Sealed frames not acknowledged.
    package var unacknowledgedFrames = 0
    /// Records in the frame not sealed yet.
    package var openFrameRecords = 0
    /// Unix time in milliseconds of the oldest record not acknowledged.
    package var oldestUnacknowledgedAt: Int64?
    /// Records appended since open.
    package var appendedRecords = 0
    /// Records acknowledged since open.
    package var acknowledgedRecords = 0
    /// Records dropped since open.
    package var dropped = DropCounts()
    /// Records found at open that no acknowledgement covered.
    package var recoveredRecords = 0
    /// Bytes of a record cut short by a crash, removed at open.
    package var tornBytes = 0
    /// Stretches of damaged bytes found in the files.
    package var damagedRegions = 0
    /// Bytes in them.
    package var damagedBytes = 0
    /// Unacknowledged records that a seal promised and damage took. Records of a frame that lost its seal too are not
    /// known and not counted.
    package var lostRecords = 0
    /// Frame numbers above the acknowledged one (at the time of opening) that damage emptied or made the numbering skip:
    /// they are never handed out. One that was sent before the damage may still be counted.
    package var gaps: [ClosedRange<UInt64>] = []
    /// How many records each partial frame (see ``SealedFrame/isPartial``) holds, by number; of the frames
    /// that were acknowledged before the journal was opened only those whose segments are still there.
    package var partialFrames: [UInt64: Int] = [:]
    /// What was taken in and let go of since the journal was made.
    package var totals = JournalTotals()
    /// Bytes of all segment files.
    package var storedBytes = 0
    /// Segment files.
    package var segments = 0

    /// Records that the journal took in since it was made, those that damage took later included.
    package var recordedTotal: UInt64 { totals.acknowledged + totals.lost + UInt64(unacknowledgedRecords) }

    /// Whether nothing waits to be sent.
    package var isAcknowledged: Bool { unacknowledgedRecords == 0 && unacknowledgedFrames == 0 }

    /// Adds what another journal has come to since it was opened, but not what it holds.
    mutating func addHistory(of other: JournalStatus) {
        appendedRecords += other.appendedRecords
        acknowledgedRecords += other.acknowledgedRecords
        recoveredRecords += other.recoveredRecords
        tornBytes += other.tornBytes
        damagedRegions += other.damagedRegions
        damagedBytes += other.damagedBytes
        lostRecords += other.lostRecords
        dropped.add(other.dropped)
        totals.add(other.totals)
    }

    /// Adds another journal's numbers, all but those of frames.
    mutating func add(_ other: JournalStatus) {
        addHistory(of: other)
        unacknowledgedRecords += other.unacknowledgedRecords
        unacknowledgedBytes += other.unacknowledgedBytes
        unacknowledgedFrames += other.unacknowledgedFrames
        openFrameRecords += other.openFrameRecords
        oldestUnacknowledgedAt = [oldestUnacknowledgedAt, other.oldestUnacknowledgedAt].compactMap(\.self).min()
        storedBytes += other.storedBytes
        segments += other.segments
    }
}

/// Records dropped since open, by reason.
package struct DropCounts: Sendable, Equatable {
    /// The journal held `maximumBytes`.
    package var full = 0
    /// The disk was full.
    package var diskFull = 0
    /// Writing failed otherwise.
    package var io = 0
    /// The record was too long.
    package var tooLarge = 0
    /// The journal was closed.
    package var closed = 0

    /// All of them.
    package var total: Int { full + diskFull + io + tooLarge + closed }

    mutating func add(_ other: DropCounts) {
        full += other.full
        diskFull += other.diskFull
        io += other.io
        tooLarge += other.tooLarge
        closed += other.closed
    }

    mutating func count(_ reason: DropReason) {
        switch reason {
        case .full: full += 1
        case .diskFull: diskFull += 1
        case .io: io += 1
        case .tooLarge: tooLarge += 1
        case .closed: closed += 1
        }
    }
}
