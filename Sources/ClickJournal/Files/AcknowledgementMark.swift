/// What the acknowledgement file says: how far the frames were acknowledged and handed out, and the journal's totals at
/// that point.
///
/// One slot of 64 bytes holds it. All numbers are little-endian.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 4 | magic `SAKN` |
/// | 4 | 4 | CRC-32C of bytes 8–63, begun from the ``ChecksumSeed`` of sequence 0 |
/// | 8 | 8 | write counter; the higher valid slot counts |
/// | 16 | 8 | acknowledged through this frame |
/// | 24 | 8 | records acknowledged since the journal was made |
/// | 32 | 8 | records that damage took in frames up to the acknowledged one |
/// | 40 | 8 | records dropped |
/// | 48 | 8 | 1 where the totals are complete, else 0 |
/// | 56 | 8 | frames up to this one may have been handed out |
struct AcknowledgementMark: Equatable, Sendable {
    static let byteCount = 64
    private static let magic: UInt32 = 0x4E4B_4153

    /// Acknowledged through this frame; 0 before the first.
    var frame: UInt64 = 0
    /// The highest frame that may have been handed out. Whatever becomes of the segments, no other frame may have its
    /// number, or that of one before it: receivers would take it for the one they know.
    var handedOut: UInt64 = 0
    var totals = JournalTotals()

    func encode(counter: UInt64, seed: UInt32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        let words = [
            counter, frame, totals.acknowledged, totals.lost, totals.dropped, totals.areComplete ? 1 : 0,
            handedOut,
        ]
        bytes.withUnsafeMutableBytes { target in
            target.storeBytes(of: Self.magic.littleEndian, as: UInt32.self)
            for (index, word) in words.enumerated() {
                target.storeBytes(of: word.littleEndian, toByteOffset: 8 + index * 8, as: UInt64.self)
            }
            let checksum = CRC32C.finish(CRC32C.update(seed, UnsafeRawBufferPointer(rebasing: target[8...])))
            target.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
        }
        return bytes
    }

    /// Reads a slot with its write counter; nil where it is not exactly what ``encode(counter:seed:)`` writes of
    /// possible numbers.
    static func decode(_ slot: [UInt8], seed: UInt32) -> (counter: UInt64, mark: AcknowledgementMark)? {
        guard slot.count == byteCount else { return nil }
        func word(_ index: Int) -> UInt64 {
            slot.withUnsafeBytes {
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 + index * 8, as: UInt64.self))
            }
        }
        guard (0..<7).allSatisfy({ word($0) < NumberLimit.value }) else { return nil }
        let mark = AcknowledgementMark(
            frame: word(1), handedOut: word(6),
            totals: JournalTotals(acknowledged: word(2), lost: word(3), dropped: word(4), areComplete: word(5) == 1))
        let counter = word(0)
        return slot == mark.encode(counter: counter, seed: seed) ? (counter, mark) : nil
    }
}
