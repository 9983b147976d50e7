/// The numbers of a journal, or of several, at one moment, for metrics and for the conservation ledger: all records ever
/// taken in are the acknowledged ones, those that wait, and those that damage took (``recordedTotal``).
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
    /// Sealed frames not acknowledged.
    package var unacknowledgedFrames = 0
    /// Records in the frame not sealed yet.
    package var openFrameRecords = 0
    /// Unix time in milliseconds of the oldest record not acknowledged.
    package var oldestUnacknowledgedAt: Int64?
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
    /// Records in segments of other journals that were set aside at open, by the journal that took them in.
    package var foreignRecords: [JournalIdentity: Int] = [:]
    /// How many records each partial frame (see ``SealedFrame/isPartial``) holds, by number.
    package var partialFrames: [UInt64: Int] = [:]
    /// How many of its frames the store is known to have counted; see ``JournalLife/noteCounted(frames:at:)``.
    package var countedFrames: UInt64 = 0
    /// Since when the store knows of fewer, in milliseconds of the epoch; nil where it does not.
    package var behindSince: Int64?
    /// What was taken in and let go of since the journal was made.
    package var totals = JournalTotals()
    /// Bytes of all segment files.
    package var storedBytes = 0

    /// Records that the journal took in since it was made, those that damage took later included.
    package var recordedTotal: UInt64 { totals.acknowledged + totals.lost + UInt64(unacknowledgedRecords) }

    /// Whether nothing waits to be sent.
    package var isAcknowledged: Bool { unacknowledgedRecords == 0 && unacknowledgedFrames == 0 }

    /// Keeps what an earlier opening of the same files found amiss: it took some of that out of the way.
    mutating func keepFindings(of earlier: JournalStatus) {
        damagedRegions = earlier.damagedRegions
        damagedBytes = earlier.damagedBytes
        tornBytes = earlier.tornBytes
        foreignRecords = earlier.foreignRecords
    }

    /// Adds what another journal has come to since it was opened, but not what it holds.
    mutating func addHistory(of other: JournalStatus) {
        tornBytes += other.tornBytes
        damagedRegions += other.damagedRegions
        damagedBytes += other.damagedBytes
        lostRecords += other.lostRecords
        foreignRecords.merge(other.foreignRecords, uniquingKeysWith: +)
        totals.add(other.totals)
    }

    /// Adds another journal's numbers, all but those of frames.
    mutating func add(_ other: JournalStatus) {
        addHistory(of: other)
        unacknowledgedRecords += other.unacknowledgedRecords
        unacknowledgedFrames += other.unacknowledgedFrames
        openFrameRecords += other.openFrameRecords
        oldestUnacknowledgedAt = [oldestUnacknowledgedAt, other.oldestUnacknowledgedAt].compactMap(\.self).min()
        storedBytes += other.storedBytes
    }
}

/// What a journal has taken in and let go of since it was made. Unlike the rest of ``JournalStatus`` the totals outlive
/// the process: they are kept beside the acknowledgement, in the same write.
///
/// Recorded records are the acknowledged ones, the lost ones, and those that wait in the journal.
package struct JournalTotals: Sendable, Hashable {
    /// Records acknowledged: they are safe elsewhere.
    package var acknowledged: UInt64
    /// Records that damage took before they were acknowledged.
    package var lost: UInt64
    /// Records dropped. Drops of the last moments before a crash are not known.
    package var dropped: UInt64
    /// Whether nothing is missing from the totals: false once both copies of an acknowledgement were lost.
    package var areComplete: Bool

    /// Totals of a new journal, or of any other.
    package init(acknowledged: UInt64 = 0, lost: UInt64 = 0, dropped: UInt64 = 0, areComplete: Bool = true) {
        self.acknowledged = acknowledged
        self.lost = lost
        self.dropped = dropped
        self.areComplete = areComplete
    }

    mutating func add(_ other: JournalTotals) {
        acknowledged += other.acknowledged
        lost += other.lost
        dropped += other.dropped
        areComplete = areComplete && other.areComplete
    }
}
