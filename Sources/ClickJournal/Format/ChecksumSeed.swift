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
