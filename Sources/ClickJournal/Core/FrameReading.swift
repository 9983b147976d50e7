/// What reading a frame back from disk found.
struct FrameReading: Sendable {
    /// Damaged bytes, and where they were.
    struct Damage: Sendable {
        var segment: SegmentName
        var offset: Int
        var bytes: ArraySlice<UInt8>
    }

    let journal: JournalIdentity
    let number: UInt64
    private let entry: FrameEntry
    let openedAt: Int64
    let sealedAt: Int64
    private(set) var payloads: [Range<Int>] = []
    private(set) var damage: [Damage] = []
    private var buffer: [UInt8] = []
    /// Whether bytes are missing so far.
    private var isDamaged = false
    /// Whether bytes are missing in front of an intact record.
    private var hasHole = false

    var records: Int { payloads.count }
    var payloadBytes: Int { payloads.reduce(0) { $0 + $1.count } }

    /// See ``FrameEntry/isPartial``.
    var isPartial: Bool { records < entry.records ? !hasHole : entry.isPartial }

    var frame: SealedFrame {
        SealedFrame(
            journal: journal, number: number, records: payloads.map { buffer[$0] }, openedAt: openedAt,
            sealedAt: sealedAt, isPartial: isPartial)
    }

    /// Reads the frame's part of each of its segments and checks every record again.
    init(_ entry: FrameEntry, segments: [SegmentName], identity: JournalIdentity, directory: JournalDirectory)
        throws(JournalError)
    {
        journal = identity
        number = entry.number
        self.entry = entry
        openedAt = entry.openedAt
        sealedAt = entry.sealedAt
        for name in segments {
            guard let file = try directory.open(name.text) else {
                isDamaged = true
                continue
            }
            let lower = name.sequence == entry.start.segment ? entry.start.offset : SegmentHeader.byteCount
            let upper = try name.sequence == entry.end.segment ? entry.end.offset : directory.attributes(of: file).size
            guard lower < upper else { continue }
            let bytes = try directory.readWhatCanBeRead(file, lower..<upper)
            let seed = ChecksumSeed.make(identity: identity, sequence: name.sequence)
            take(bytes, of: name, at: lower, seed: seed)
            if bytes.count < upper - lower { isDamaged = true }
        }
    }

    private mutating func take(_ bytes: [UInt8], of segment: SegmentName, at offset: Int, seed: UInt32) {
        let base = buffer.count
        var scanner = SegmentScanner(from: 0, seed: seed)
        bytes.withUnsafeBytes { raw in
            while let event = scanner.next(in: raw) {
                switch event {
                case .click(number, let payload):
                    hasHole = hasHole || isDamaged
                    payloads.append((base + payload.lowerBound)..<(base + payload.upperBound))
                case .damage(let range), .torn(let range):
                    isDamaged = true
                    damage.append(Damage(segment: segment, offset: offset + range.lowerBound, bytes: bytes[range]))
                case .click, .seal:
                    break
                }
            }
        }
        if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    }
}
