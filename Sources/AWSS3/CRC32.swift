/// The checksum of `x-amz-checksum-crc32`: CRC-32 as in IEEE 802.3 and gzip (polynomial 0xEDB88320, reflected).
struct CRC32: Sendable {
    private var register: UInt32 = .max

    /// Adds bytes.
    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            register = Self.table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
        }
    }

    /// The checksum of all bytes so far.
    var value: UInt32 { ~register }

    /// The checksum of a whole body as S3 writes it: its four bytes, the highest first.
    static func bytes(of body: [UInt8]) -> [UInt8] {
        var checksum = CRC32()
        checksum.update(body)
        return (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> (24 - 8 * $0)) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
    }
}
