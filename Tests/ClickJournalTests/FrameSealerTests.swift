import TestSupport
import Testing

@testable import ClickJournal

@Suite(.ownThread) struct FrameSealerTests {
    private func sealer(bytes: Int = 100, overhead: Int = 1, records: Int = 3) -> FrameSealer {
        FrameSealer(
            limits: .init(
                frameBytes: bytes, recordOverheadBytes: overhead, frameRecords: records, sealIntervalMilliseconds: 1_000
            ),
            number: 7)
    }

    @Test func anEmptyFrameIsNeverSealed() {
        let sealer = sealer()
        #expect(!sealer.mustSeal(before: 100_000))
        #expect(!sealer.isDue(at: .max))
    }

    @Test func bytesAndOverheadOfAllRecordsCount() {
        var sealer = sealer()
        sealer.add(49, at: 0)
        #expect(!sealer.mustSeal(before: 49))
        #expect(sealer.mustSeal(before: 50))
    }

    @Test func recordsCount() {
        var sealer = sealer()
        for _ in 0..<3 {
            #expect(!sealer.mustSeal(before: 1))
            sealer.add(1, at: 0)
        }
        #expect(sealer.mustSeal(before: 0))
    }

    @Test func theFirstRecordsAgeCounts() {
        var sealer = sealer()
        sealer.add(1, at: 5_000)
        sealer.add(1, at: 5_900)
        #expect(!sealer.isDue(at: 5_999))
        #expect(sealer.isDue(at: 6_000))
    }

    @Test func aClockSetBackMakesTheFrameDue() {
        var sealer = sealer()
        sealer.add(1, at: 5_000)
        #expect(sealer.isDue(at: 4_999))
    }

    @Test func advancingBeginsTheNextFrameEmpty() {
        var sealer = sealer()
        sealer.add(9, at: 1)
        sealer.advance()
        #expect(sealer.number == 8)
        #expect(sealer.isEmpty)
        #expect(sealer.payloadBytes == 0)
    }

    @Test func theIntervalIsInMilliseconds() {
        var configuration = JournalConfiguration()
        configuration.sealInterval = .milliseconds(2_500)
        #expect(FrameSealer.Limits(configuration).sealIntervalMilliseconds == 2_500)
    }
}
