/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes per step.
///
/// The functions carry the raw register, so a checksum can start from a state that already took in a journal's
/// identity (see ``ChecksumSeed``).
enum CRC32C {
    /// The register before any byte.
    static let start: UInt32 = .max

    /// The checksum that belongs to a register.
    static func finish(_ register: UInt32) -> UInt32 { ~register }

    /// Takes bytes into the register.
    static func update(_ register: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { table in
            var crc = register
            var offset = 0
            while offset &+ 8 <= bytes.count {
                let word =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
                crc = step(word, table)
                offset &+= 8
            }
            while offset < bytes.count {
                crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[offset])] ^ (crc >> 8)
                offset &+= 1
            }
            return crc
        }
    }

    private static func step(_ word: UInt64, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
        var crc: UInt32 = 0
        for lane in 0..<8 {
            let byte = Int(UInt8(truncatingIfNeeded: word >> UInt64(lane &* 8)))
            crc ^= table[(7 &- lane) &* 256 &+ byte]
        }
        return crc
    }

    /// Eight tables of 256: table k holds the effect of a byte followed by k zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = (crc & 1 == 1) ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = tables[Int(previous & 0xFF)] ^ (previous >> 8)
        }
        return tables
    }()
}

/// The checksum state every record of one segment starts from: journal identity, then segment sequence.
///
/// A record therefore checks out only in the segment it was written to: stale disk blocks of another journal or of a
/// deleted segment, and bytes that a client smuggled into a click, are never taken for a record.
enum ChecksumSeed {
    /// The sequence that stands for the acknowledgement file; segments count from 1.
    static let acknowledgementSequence: UInt64 = 0

    static func make(identity: JournalIdentity, sequence: UInt64) -> UInt32 {
        withUnsafeBytes(of: (identity.high.bigEndian, identity.low.bigEndian, sequence.littleEndian)) {
            CRC32C.update(CRC32C.start, $0)
        }
    }
}
