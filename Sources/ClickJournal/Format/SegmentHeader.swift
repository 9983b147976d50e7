/// The first 64 bytes of a segment file. All numbers are little-endian, the identity is in UUID byte order.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | magic `SHRKCLIK` |
/// | 8 | 8 | format version, 1 |
/// | 16 | 16 | journal identity |
/// | 32 | 8 | segment sequence, from 1, in the order of creation |
/// | 40 | 8 | number of the frame its first record belongs to |
/// | 48 | 8 | Unix time of creation in milliseconds |
/// | 56 | 4 | zero |
/// | 60 | 4 | CRC-32C of bytes 0–59 |
///
/// Sequence and frame number also stand in the file's name, so that a damaged header loses neither.
struct SegmentHeader: Equatable {
    static let byteCount = 64
    static let version: UInt64 = 1
    private static let magic: UInt64 = 0x4B49_4C43_4B52_4853

    var identity: JournalIdentity
    var sequence: UInt64
    var firstFrame: UInt64
    var createdAt: Int64
    /// What the file says; only ``version`` can be read.
    var storedVersion: UInt64

    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        bytes.withUnsafeMutableBytes { target in
            target.storeBytes(of: Self.magic.littleEndian, as: UInt64.self)
            target.storeBytes(of: storedVersion.littleEndian, toByteOffset: 8, as: UInt64.self)
            target.storeBytes(of: identity.high.bigEndian, toByteOffset: 16, as: UInt64.self)
            target.storeBytes(of: identity.low.bigEndian, toByteOffset: 24, as: UInt64.self)
            target.storeBytes(of: sequence.littleEndian, toByteOffset: 32, as: UInt64.self)
            target.storeBytes(of: firstFrame.littleEndian, toByteOffset: 40, as: UInt64.self)
            target.storeBytes(of: createdAt.littleEndian, toByteOffset: 48, as: Int64.self)
            let checksum = Self.checksum(UnsafeRawBufferPointer(target))
            target.storeBytes(of: checksum.littleEndian, toByteOffset: 60, as: UInt32.self)
        }
        return bytes
    }

    init(
        identity: JournalIdentity, sequence: UInt64, firstFrame: UInt64, createdAt: Int64,
        storedVersion: UInt64 = Self.version
    ) {
        self.storedVersion = storedVersion
        self.identity = identity
        self.sequence = sequence
        self.firstFrame = firstFrame
        self.createdAt = createdAt
    }

    /// Reads a header from the start of a segment; nil when it is short or damaged.
    init?(_ segment: [UInt8]) {
        guard segment.count >= Self.byteCount else { return nil }
        let words: [UInt64]? = segment.withUnsafeBytes { bytes in
            let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
            guard stored == Self.checksum(bytes) else { return nil }
            return (0..<7).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        guard let words, UInt64(littleEndian: words[0]) == Self.magic else { return nil }
        storedVersion = UInt64(littleEndian: words[1])
        identity = JournalIdentity(high: UInt64(bigEndian: words[2]), low: UInt64(bigEndian: words[3]))
        sequence = UInt64(littleEndian: words[4])
        firstFrame = UInt64(littleEndian: words[5])
        createdAt = Int64(bitPattern: UInt64(littleEndian: words[6]))
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        CRC32C.finish(CRC32C.update(CRC32C.start, UnsafeRawBufferPointer(rebasing: bytes[0..<60])))
    }
}
