import TestSupport
import Testing

@testable import ClickJournal

@Suite(.ownThread) struct CRC32CTests {
    /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    @Test func knownVectors() {
        let vectors: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xE306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
        ]
        for (bytes, checksum) in vectors {
            #expect(bytes.withUnsafeBytes { CRC32C.finish(CRC32C.update(CRC32C.start, $0)) } == checksum)
        }
    }

    @Test func everySplitGivesTheSameChecksum() {
        let bytes = (0..<67).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let whole = bytes.withUnsafeBytes { CRC32C.update(CRC32C.start, $0) }
        for split in 0...bytes.count {
            let head = bytes[..<split].withUnsafeBytes { CRC32C.update(CRC32C.start, $0) }
            #expect(bytes[split...].withUnsafeBytes { CRC32C.update(head, $0) } == whole)
        }
    }
}
