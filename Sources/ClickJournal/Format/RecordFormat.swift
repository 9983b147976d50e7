/// The bytes of one record in a segment. All numbers are little-endian.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 4 | magic `FF 43 4A FE`; `FF` and `FE` never occur in UTF-8, so a JSON click cannot contain it |
/// | 4 | 1 | kind: 1 click, 2 seal, 3 seal by a later start |
/// | 5 | 3 | payload length |
/// | 8 | 8 | number of the frame the record belongs to |
/// | 16 | 4 | CRC-32C over bytes 4–15 and the payload, begun from the segment's ``ChecksumSeed`` |
/// | 20 | n | payload |
///
/// Every record names its frame, so a boundary survives the loss of the seal record that marked it: the first thing
/// with a higher frame number (a record or a segment header) closes a frame as well.
enum RecordFormat {
    static let headerBytes = 20
    /// The longest payload the format allows; a longer claim is damage.
    static let maximumPayloadBytes = 1 << 20
    /// The fewest bytes a sealed frame occupies: one empty click and its seal.
    static let minimumFrameBytes = headerBytes + sealBytes
    /// A seal record with its header.
    static let sealBytes = headerBytes + SealPayload.byteCount

    static let magic: UInt32 = 0xFE4A_43FF
    static let magicBytes: [UInt8] = [0xFF, 0x43, 0x4A, 0xFE]

    enum Kind: UInt8 {
        case click = 1
        case seal = 2
        /// The seal of a frame that its own process left open: the frame may go on in another copy of the files.
        case lateSeal = 3
    }

    /// One record found intact.
    struct Decoded: Equatable {
        var kind: Kind
        var frame: UInt64
        /// Position of the payload in the bytes that were read.
        var payload: Range<Int>
    }

    /// Writes a record to the start of `target`, which must hold it, and returns the record's length.
    static func encode(
        _ kind: Kind, frame: UInt64, payload: UnsafeRawBufferPointer, seed: UInt32,
        into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let total = headerBytes + payload.count
        let word = UInt32(kind.rawValue) | UInt32(truncatingIfNeeded: payload.count) << 8
        target.storeBytes(of: magic.littleEndian, as: UInt32.self)
        target.storeBytes(of: word.littleEndian, toByteOffset: 4, as: UInt32.self)
        target.storeBytes(of: frame.littleEndian, toByteOffset: 8, as: UInt64.self)
        UnsafeMutableRawBufferPointer(rebasing: target[headerBytes..<total]).copyMemory(from: payload)
        let checksum = checksum(of: UnsafeRawBufferPointer(target), from: 0, payload: headerBytes..<total, seed: seed)
        target.storeBytes(of: checksum.littleEndian, toByteOffset: 16, as: UInt32.self)
        return total
    }

    /// The record at `offset`, or nil when the bytes there are not a whole intact record.
    static func decode(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt32) -> Decoded? {
        guard let claim = claim(bytes, at: offset), claim.payload.upperBound <= bytes.count else { return nil }
        let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self))
        guard stored == checksum(of: bytes, from: offset, payload: claim.payload, seed: seed) else { return nil }
        return claim.kind == .click || SealPayload(bytes, at: claim.payload, isLate: false).isPossible ? claim : nil
    }

    /// What a header claims before its checksum is looked at; the payload may pass the end of the bytes.
    static func claim(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Decoded? {
        guard offset + headerBytes <= bytes.count,
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) == magic
        else { return nil }
        let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        let length = Int(word >> 8)
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: word)), length <= maximumPayloadBytes,
            kind == .click || length == SealPayload.byteCount
        else { return nil }
        let frame = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        guard frame < NumberLimit.value else { return nil }
        let start = offset + headerBytes
        return Decoded(kind: kind, frame: frame, payload: start..<(start + length))
    }

    private static func checksum(
        of bytes: UnsafeRawBufferPointer, from offset: Int, payload: Range<Int>, seed: UInt32
    ) -> UInt32 {
        let head = CRC32C.update(seed, UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 16)]))
        return CRC32C.finish(CRC32C.update(head, UnsafeRawBufferPointer(rebasing: bytes[payload])))
    }
}

/// The bound of the numbers in the journal's files: frames, segments, counters, totals and times lie below it.
///
/// Nothing gets there by counting. So a larger number is damage, whatever its checksum says, and later arithmetic cannot
/// overflow, sums of a few of them included.
enum NumberLimit {
    static let value: UInt64 = 1 << 60
    /// The same for the records of one frame.
    static let recordsOfFrame: UInt64 = 1 << 32
}
