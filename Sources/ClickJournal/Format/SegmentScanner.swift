/// Walks the records of a segment and finds its way again after damage.
///
/// After bytes that are no intact record it looks for the next one byte by byte, so damage costs only the records it
/// touches. It never fails and always moves forward.
struct SegmentScanner {
    enum Event: Equatable {
        case click(frame: UInt64, payload: Range<Int>)
        case seal(frame: UInt64, SealPayload, end: Int)
        /// Bytes that belong to no intact record.
        case damage(Range<Int>)
        /// The start of a record that the end of the file cuts short: it was never answered.
        case torn(Range<Int>)
    }

    private let seed: UInt32
    private var offset: Int

    init(from offset: Int, seed: UInt32) {
        self.offset = offset
        self.seed = seed
    }

    /// The next event in `bytes`, which must be the same bytes on every call; nil at their end.
    mutating func next(in bytes: UnsafeRawBufferPointer) -> Event? {
        guard offset < bytes.count else { return nil }
        if let record = RecordFormat.decode(bytes, at: offset, seed: seed) {
            offset = record.payload.upperBound
            return event(for: record, bytes)
        }
        let start = offset
        offset = nextIntactRecord(in: bytes, after: start)
        let region = start..<offset
        return offset == bytes.count && isTorn(bytes, at: start) ? .torn(region) : .damage(region)
    }

    private func event(for record: RecordFormat.Decoded, _ bytes: UnsafeRawBufferPointer) -> Event {
        switch record.kind {
        case .click:
            .click(frame: record.frame, payload: record.payload)
        case .seal, .lateSeal:
            .seal(
                frame: record.frame, SealPayload(bytes, at: record.payload, isLate: record.kind == .lateSeal),
                end: record.payload.upperBound)
        }
    }

    private func nextIntactRecord(in bytes: UnsafeRawBufferPointer, after start: Int) -> Int {
        var candidate = start + 1
        while candidate < bytes.count {
            if bytes[candidate] == RecordFormat.magicBytes[0],
                RecordFormat.decode(bytes, at: candidate, seed: seed) != nil
            {
                return candidate
            }
            candidate += 1
        }
        return bytes.count
    }

    private func isTorn(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        if bytes.count - start < RecordFormat.headerBytes {
            return zip(bytes[start...], RecordFormat.magicBytes).allSatisfy { $0 == $1 }
        }
        guard let claim = RecordFormat.claim(bytes, at: start) else { return false }
        return claim.payload.upperBound > bytes.count
    }
}
