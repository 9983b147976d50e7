/// The file `acknowledged`: how far the frames were acknowledged.
///
/// Two slots of 32 bytes are written in turn, so that a write cut short leaves the other. Losing the file is harmless:
/// acknowledged frames still on disk then come out again, with the same numbers and the same content. It is therefore
/// never synchronised.
///
/// | offset | bytes | field (little-endian) |
/// |---|---|---|
/// | 0 | 4 | magic `SACK` |
/// | 4 | 4 | CRC-32C of bytes 8–31, begun from the ``ChecksumSeed`` of sequence 0 |
/// | 8 | 8 | write counter; the higher valid slot counts |
/// | 16 | 8 | acknowledged through this frame |
/// | 24 | 8 | zero |
struct AcknowledgementFile: Sendable {
    static let name = "acknowledged"
    static let slotBytes = 32
    private static let magic: UInt32 = 0x4B43_4153

    private let file: OpenFile
    private let seed: UInt32
    private var counter: UInt64 = 0
    /// The frame read or written last.
    private(set) var frame: UInt64 = 0
    /// Slots that are neither empty nor valid.
    private(set) var damagedSlots = 0

    init(in directory: JournalDirectory, identity: JournalIdentity) throws(JournalError) {
        seed = ChecksumSeed.make(identity: identity, sequence: ChecksumSeed.acknowledgementSequence)
        if let existing = try directory.open(Self.name) {
            file = existing
        } else {
            file = try directory.create(Self.name).get()
        }
        let bytes = try directory.read(file, 0..<(2 * Self.slotBytes))
        for start in stride(from: 0, to: bytes.count, by: Self.slotBytes) {
            take(Array(bytes[start..<min(bytes.count, start + Self.slotBytes)]))
        }
        if bytes.count < 2 * Self.slotBytes { reserve(from: bytes.count) }
    }

    /// Writes a new mark into the older slot; returns 0 or an errno.
    mutating func write(_ frame: UInt64, _ system: SystemCalls) -> Int32 {
        counter += 1
        self.frame = frame
        let slot = Self.encode(counter: counter, frame: frame, seed: seed)
        let offset = Int(counter % 2) * Self.slotBytes
        return slot.withUnsafeBytes { system.writeAll(file.descriptor, $0, at: offset) }
    }

    private mutating func take(_ slot: [UInt8]) {
        guard slot.contains(where: { $0 != 0 }) else { return }
        let (counter, frame) = slot.withUnsafeBytes { bytes in
            guard bytes.count == Self.slotBytes else { return (UInt64(0), UInt64(0)) }
            return (
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            )
        }
        guard slot == Self.encode(counter: counter, frame: frame, seed: seed) else {
            damagedSlots += 1
            return
        }
        guard counter > self.counter else { return }
        self.counter = counter
        self.frame = frame
    }

    /// Claims the file's space now, so that acknowledging still works on a full disk. Failing is harmless.
    private func reserve(from offset: Int) {
        let zeros = [UInt8](repeating: 0, count: 2 * Self.slotBytes - offset)
        _ = zeros.withUnsafeBytes { SystemCalls.live.writeAll(file.descriptor, $0, at: offset) }
    }

    private static func encode(counter: UInt64, frame: UInt64, seed: UInt32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: slotBytes)
        bytes.withUnsafeMutableBytes { target in
            target.storeBytes(of: magic.littleEndian, as: UInt32.self)
            target.storeBytes(of: counter.littleEndian, toByteOffset: 8, as: UInt64.self)
            target.storeBytes(of: frame.littleEndian, toByteOffset: 16, as: UInt64.self)
            let checksum = CRC32C.finish(CRC32C.update(seed, UnsafeRawBufferPointer(rebasing: target[8...])))
            target.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
        }
        return bytes
    }
}
