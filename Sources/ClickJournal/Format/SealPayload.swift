/// What a seal record says about the frame it closes: four 64-bit numbers, little-endian, in this order.
///
/// The frame's number stands in the record header.
struct SealPayload: Equatable {
    static let byteCount = 32

    /// Clicks in the frame.
    var records: UInt64
    /// Sum of their payload lengths.
    var payloadBytes: UInt64
    /// Unix time in milliseconds of the frame's first click.
    var openedAt: Int64
    /// Unix time in milliseconds of the seal.
    var sealedAt: Int64
    /// Whether a later start wrote it in place of the process that made the frame; the record's kind says so.
    var isLate = false

    /// Whether a journal can have written these numbers.
    var isPossible: Bool {
        records < NumberLimit.recordsOfFrame && payloadBytes < NumberLimit.value
            && openedAt.magnitude < NumberLimit.value && sealedAt.magnitude < NumberLimit.value
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let words = (records.littleEndian, payloadBytes.littleEndian, openedAt.littleEndian, sealedAt.littleEndian)
        return withUnsafeBytes(of: words, body)
    }

    /// Reads the payload at `range`, which the record format has already checked to be `byteCount` long.
    init(_ bytes: UnsafeRawBufferPointer, at range: Range<Int>, isLate: Bool) {
        func word(_ index: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound + index * 8, as: UInt64.self))
        }
        records = word(0)
        payloadBytes = word(1)
        openedAt = Int64(bitPattern: word(2))
        sealedAt = Int64(bitPattern: word(3))
        self.isLate = isLate
    }

    init(records: UInt64, payloadBytes: UInt64, openedAt: Int64, sealedAt: Int64, isLate: Bool = false) {
        self.records = records
        self.payloadBytes = payloadBytes
        self.openedAt = openedAt
        self.sealedAt = sealedAt
        self.isLate = isLate
    }
}
