/// The file `acknowledged`: how far the frames were acknowledged, and the journal's totals at that point.
///
/// Two slots (``AcknowledgementMark``) are written in turn, so that a write cut short leaves the other. Losing the file
/// loses no click: acknowledged frames still on disk then come out again, with the same numbers and the same content.
/// It is synchronised before a segment is deleted, so that the totals never fall behind what is left on the disk.
struct AcknowledgementFile: Sendable {
    static let name = "acknowledged"

    private let file: OpenFile
    private let seed: UInt32
    private var counter: UInt64 = 0
    /// The mark read or written last.
    private(set) var mark = AcknowledgementMark()
    /// Slots that are neither empty nor valid.
    private(set) var damagedSlots = 0

    /// - Parameter isNewJournal: Whether a missing mark is in order; else the totals are marked as incomplete.
    init(in directory: JournalDirectory, identity: JournalIdentity, isNewJournal: Bool) throws(JournalError) {
        seed = ChecksumSeed.make(identity: identity, sequence: ChecksumSeed.acknowledgementSequence)
        if let existing = try directory.open(Self.name) {
            file = existing
        } else {
            file = try directory.create(Self.name).get()
        }
        let bytes = try directory.readWhatCanBeRead(file, 0..<(2 * AcknowledgementMark.byteCount))
        for start in stride(from: 0, to: bytes.count, by: AcknowledgementMark.byteCount) {
            take(Array(bytes[start..<min(bytes.count, start + AcknowledgementMark.byteCount)]))
        }
        if counter == 0, !isNewJournal { mark.totals.areComplete = false }
        if bytes.count < 2 * AcknowledgementMark.byteCount { reserve(from: bytes.count) }
    }

    /// Reads the mark without changing anything; nil where there is none.
    static func read(in directory: JournalDirectory, identity: JournalIdentity) throws(JournalError)
        -> AcknowledgementMark?
    {
        guard directory.isFile(name), let file = try directory.open(name) else { return nil }
        let seed = ChecksumSeed.make(identity: identity, sequence: ChecksumSeed.acknowledgementSequence)
        let bytes = try directory.readWhatCanBeRead(file, 0..<(2 * AcknowledgementMark.byteCount))
        let slots = stride(from: 0, to: bytes.count, by: AcknowledgementMark.byteCount).compactMap { start in
            let end = min(bytes.count, start + AcknowledgementMark.byteCount)
            return AcknowledgementMark.decode(Array(bytes[start..<end]), seed: seed)
        }
        return slots.max { $0.counter < $1.counter }?.mark
    }

    /// Writes a new mark into the older slot; returns 0 or an errno.
    mutating func write(_ mark: AcknowledgementMark, _ system: SystemCalls) -> Int32 {
        let next = counter + 1
        let slot = mark.encode(counter: next, seed: seed)
        let offset = Int(next % 2) * AcknowledgementMark.byteCount
        let code = slot.withUnsafeBytes { system.writeAll(file.descriptor, $0, at: offset) }
        // After a failure the same slot is written again: the other is the only one that is surely whole.
        guard code == 0 else { return code }
        counter = next
        self.mark = mark
        return 0
    }

    /// Makes the mark survive a power cut; returns 0 or an errno.
    func synchronize(_ system: SystemCalls) -> Int32 {
        Int32(-system.synchronize(file.descriptor))
    }

    private mutating func take(_ slot: [UInt8]) {
        guard slot.contains(where: { $0 != 0 }) else { return }
        guard let (counter, mark) = AcknowledgementMark.decode(slot, seed: seed) else {
            damagedSlots += 1
            return
        }
        guard counter > self.counter else { return }
        self.counter = counter
        self.mark = mark
    }

    /// Claims the file's space now, so that acknowledging still works on a full disk. Failing is harmless.
    private func reserve(from offset: Int) {
        let zeros = [UInt8](repeating: 0, count: 2 * AcknowledgementMark.byteCount - offset)
        _ = zeros.withUnsafeBytes { SystemCalls.live.writeAll(file.descriptor, $0, at: offset) }
    }
}
