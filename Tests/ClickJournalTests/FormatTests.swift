import TestSupport
import Testing

@testable import ClickJournal

@Suite(.ownThread) struct FormatTests {
    private let identity = JournalIdentity.random()

    @Test func identitiesReadBackAndAreVersion4() throws {
        let text = identity.description
        #expect(JournalIdentity(text) == identity)
        #expect(text.utf8.count == 36)
        #expect(Array(text)[14] == "4")
        #expect("89ab".contains(Array(text)[19]))
        #expect(JournalIdentity.random() != identity)
    }

    @Test(arguments: ["", "00000000-0000-0000-0000-00000000000", "0000000000000000-0000-0000-000000000000----"])
    func otherTextIsNoIdentity(text: String) {
        #expect(JournalIdentity(text) == nil)
        #expect(JournalIdentity(identity.description.uppercased() + text) == nil)
    }

    @Test func segmentNamesReadBackAndSortByAge() {
        let name = SegmentName(sequence: 9, firstFrame: 1_234)
        #expect(name.text == "0000000009-00000000000000001234.clicks")
        #expect(SegmentName(name.text) == name)
        #expect(name.text < SegmentName(sequence: 10, firstFrame: 2).text)
    }

    @Test(arguments: [
        "9-1234.clicks", "0000000009-00000000000000001234.clicks.bak", "0000000000-00000000000000000001.clicks",
        "+000000009-00000000000000001234.clicks", "0000000009-18446744073709551615.clicks", "lock",
    ])
    func otherFilesAreNoSegments(name: String) {
        #expect(SegmentName(name) == nil)
    }

    @Test func headersReadBackAndNoticeEveryFlippedBit() {
        let header = SegmentHeader(identity: identity, sequence: 3, firstFrame: 8, createdAt: 99)
        #expect(SegmentHeader(header.bytes) == header)
        for bit in 0..<(SegmentHeader.byteCount * 8) {
            var bytes = header.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(SegmentHeader(bytes) == nil, "bit \(bit)")
        }
    }

    @Test func aRecordChecksOutOnlyUnderItsOwnSeed() {
        let seed = ChecksumSeed.make(identity: identity, sequence: 1)
        let bytes = record("click", frame: 4, seed: seed)
        let found = bytes.withUnsafeBytes { RecordFormat.decode($0, at: 0, seed: seed) }
        #expect(found == .init(kind: .click, frame: 4, payload: 20..<25))
        for other in [
            ChecksumSeed.make(identity: identity, sequence: 2), ChecksumSeed.make(identity: .random(), sequence: 1),
        ] {
            #expect(bytes.withUnsafeBytes { RecordFormat.decode($0, at: 0, seed: other) } == nil)
        }
    }

    @Test func theScannerFindsItsWayAfterDamage() {
        let bytes = record("a", frame: 1) + [0xFF, 0x43, 0x4A, 0xFE, 9] + record("b", frame: 1) + [0, 0, 0]
        var scanner = SegmentScanner(from: 0, seed: 0)
        var events: [SegmentScanner.Event] = []
        while let event = bytes.withUnsafeBytes({ scanner.next(in: $0) }) { events.append(event) }
        #expect(
            events == [
                .click(frame: 1, payload: 20..<21), .damage(21..<26), .click(frame: 1, payload: 46..<47),
                .damage(47..<50),
            ])
    }

    @Test func everyPrefixOfARecordIsTorn() {
        let whole = record("click", frame: 1)
        for length in 1..<whole.count {
            var scanner = SegmentScanner(from: 0, seed: 0)
            #expect(whole[..<length].withUnsafeBytes { scanner.next(in: $0) } == .torn(0..<length))
        }
    }

    @Test(arguments: [UInt64(1) << 62, .max - 1, .max])
    func aRecordOfAnImpossibleFrameIsDamage(frame: UInt64) {
        let bytes = record("click", frame: frame)
        var scanner = SegmentScanner(from: 0, seed: 0)
        #expect(bytes.withUnsafeBytes { scanner.next(in: $0) } == .damage(0..<bytes.count))
    }

    @Test(arguments: [
        SealPayload(records: 1 << 32, payloadBytes: 1, openedAt: 1, sealedAt: 1),
        SealPayload(records: 1, payloadBytes: 1 << 62, openedAt: 1, sealedAt: 1),
        SealPayload(records: 1, payloadBytes: 1, openedAt: .min, sealedAt: 1),
        SealPayload(records: 1, payloadBytes: 1, openedAt: 1, sealedAt: .max),
    ])
    func aSealWithImpossibleNumbersIsDamage(seal: SealPayload) {
        let bytes = seal.withBytes { record(.seal, Array($0), frame: 1) }
        var scanner = SegmentScanner(from: 0, seed: 0)
        #expect(bytes.withUnsafeBytes { scanner.next(in: $0) } == .damage(0..<bytes.count))
    }

    @Test func aMarkWithImpossibleNumbersIsDamage() {
        for totals in [JournalTotals(acknowledged: .max), JournalTotals(lost: .max), JournalTotals(dropped: .max)] {
            let slot = AcknowledgementMark(frame: 1, totals: totals).encode(counter: 1, seed: 0)
            #expect(AcknowledgementMark.decode(slot, seed: 0) == nil)
        }
        for (counter, frame) in [(UInt64.max, UInt64(1)), (1, .max)] {
            let slot = AcknowledgementMark(frame: frame).encode(counter: counter, seed: 0)
            #expect(AcknowledgementMark.decode(slot, seed: 0) == nil)
        }
    }

    private func record(_ text: String, frame: UInt64, seed: UInt32 = 0) -> [UInt8] {
        record(.click, Array(text.utf8), frame: frame, seed: seed)
    }

    private func record(_ kind: RecordFormat.Kind, _ payload: [UInt8], frame: UInt64, seed: UInt32 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RecordFormat.headerBytes + payload.count)
        _ = bytes.withUnsafeMutableBytes { target in
            payload.withUnsafeBytes { RecordFormat.encode(kind, frame: frame, payload: $0, seed: seed, into: target) }
        }
        return bytes
    }
}
