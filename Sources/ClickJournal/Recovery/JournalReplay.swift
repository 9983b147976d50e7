/// Rebuilds the frames of a journal from what a scan of its segments, in order, finds. Pure.
///
/// Three rules keep a frame number from ever standing for two contents:
///
/// 1. Every record names its frame, and a frame ends with its seal *or* with the first thing that names a higher frame:
///    a record or a segment header. So a damaged seal moves no record to another frame, and a frame whose records are
///    partly damaged comes out under its own number with what is left: if it was sent whole before, the receiver already
///    knows the number and the rest changes nothing.
/// 2. Damage at the very end may hide frames that were sent. The frame before it is closed, and the numbering goes on
///    beyond every number the damaged bytes could have held. The next segment's header keeps that on record.
/// 3. The end may be missing without a trace. The numbering goes on beyond every frame that was handed out, which is kept
///    in another file (``AcknowledgementMark``).
struct JournalReplay {
    /// Frames that can no longer grow.
    private(set) var frames: [FrameEntry] = []
    /// The frame that has records but no end.
    private(set) var open: FrameEntry?
    /// The number of the open frame, or of the next one when none is open.
    private(set) var nextFrame: UInt64 = 1
    /// Records that seals promise and the scan did not find, with their frame.
    private(set) var lost: [(frame: UInt64, records: Int)] = []
    /// The highest frame with a record in the current segment; 0 when none has.
    private(set) var lastFrameInSegment: UInt64 = 0
    /// Whether the first segment was there: then no frame was ever deleted.
    private(set) var isFromTheStart = false
    /// Whether a frame that was handed out, and so was safe on the disk, is not there to its end.
    private(set) var isEndMissing = false
    /// Damaged bytes since the last intact record or segment.
    private var trailingDamage = 0
    /// Damaged bytes since the last intact record, where they may have held records of the open frame or the next.
    private var unreadBytes = 0
    private var segment: UInt64 = 0
    private var modifiedAt: Int64 = 0

    /// Begins with the next segment; its name says which frame it starts in even when its header is damaged.
    mutating func beginSegment(_ name: SegmentName, modifiedAt: Int64) {
        if name.sequence == 1 { isFromTheStart = true }
        if name.firstFrame > nextFrame { unreadBytes = 0 }
        reach(name.firstFrame)
        // A whole segment is missing from the middle of a frame.
        if open != nil, name.sequence > segment + 1 { unreadBytes += RecordFormat.minimumFrameBytes }
        segment = name.sequence
        self.modifiedAt = modifiedAt
        lastFrameInSegment = 0
        trailingDamage = 0
    }

    mutating func take(_ event: SegmentScanner.Event) {
        switch event {
        case .click(let frame, let payload): click(frame, payload)
        case .seal(let frame, let seal, let end): self.seal(frame, seal, end: end)
        case .damage(let range):
            trailingDamage += range.count
            // Not counting a header.
            let first = max(range.lowerBound, SegmentHeader.byteCount)
            unreadBytes += max(0, range.upperBound - first)
        case .torn: break
        }
    }

    /// Ends the replay. Frames that were acknowledged or handed out are complete, whatever became of their bytes.
    mutating func finish(_ mark: AcknowledgementMark) {
        if trailingDamage > 0 {
            reach(nextFrame + UInt64(trailingDamage / RecordFormat.minimumFrameBytes) + 2)
        }
        isEndMissing = mark.handedOut >= nextFrame
        reach(max(mark.frame, mark.handedOut) + 1)
    }

    private mutating func click(_ frame: UInt64, _ payload: Range<Int>) {
        guard frame >= nextFrame else { return }
        // In front of a frame's first record the seal of the frame before may be what is damaged.
        let isSealDue = open.map { $0.number < frame } ?? false
        let hasHole = unreadBytes > (isSealDue ? RecordFormat.sealBytes : 0)
        reach(frame)
        let end = JournalPosition(segment: segment, offset: payload.upperBound)
        let start = JournalPosition(segment: segment, offset: payload.lowerBound - RecordFormat.headerBytes)
        var entry =
            open
            ?? FrameEntry(
                number: frame, start: start, end: end, records: 0, payloadBytes: 0, openedAt: modifiedAt,
                sealedAt: modifiedAt)
        entry.end = end
        entry.records += 1
        entry.payloadBytes += payload.count
        if hasHole { entry.isPartial = false }
        open = entry
        noteIntactRecord(of: frame)
    }

    private mutating func seal(_ frame: UInt64, _ seal: SealPayload, end: Int) {
        guard frame >= nextFrame else { return }
        reach(frame)
        let missing = Int(clamping: seal.records) - (open?.records ?? 0)
        if missing > 0 { lost.append((frame, missing)) }
        if !seal.isLate, missing <= 0 { open?.isPartial = false }
        open?.end = JournalPosition(segment: segment, offset: end)
        open?.openedAt = seal.openedAt
        open?.sealedAt = seal.sealedAt
        reach(frame + 1)
        noteIntactRecord(of: frame)
    }

    private mutating func noteIntactRecord(of frame: UInt64) {
        lastFrameInSegment = max(lastFrameInSegment, frame)
        trailingDamage = 0
        unreadBytes = 0
    }

    /// Moves on to `frame`, which ends the open frame if it is a lower one.
    private mutating func reach(_ frame: UInt64) {
        guard frame > nextFrame else { return }
        if let open { frames.append(open) }
        open = nil
        nextFrame = frame
    }
}
