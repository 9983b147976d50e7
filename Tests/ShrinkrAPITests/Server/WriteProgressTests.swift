import NIOCore
import Testing

@testable import ShrinkrAPI

/// When a client takes its answers too slowly.
@Suite struct WriteProgressTests {
    private static let timeout = TimeAmount.seconds(30)
    private let start = NIODeadline.uptimeNanoseconds(1_000)

    /// How many seconds a client is borne that takes `bytes` every so many seconds.
    private func seconds(taking bytes: Int, every interval: Int64, of total: Int = 1 << 30) -> Int64 {
        var progress = WriteProgress()
        progress.begin(pending: total, at: start)
        for second in 1...3_600 as ClosedRange<Int64> {
            let now = start + .seconds(second)
            if second % interval == 0 { progress.saw(pending: progress.pendingBytes - bytes, at: now) }
            if now >= progress.end(timeout: Self.timeout) { return second }
        }
        return 3_600
    }

    @Test func silenceEndsWithTheTimeout() {
        #expect(seconds(taking: 0, every: 1) == 30)
        #expect(seconds(taking: 1 << 20, every: 31) == 30)
    }

    /// A trickle is progress, and yet not enough.
    @Test func trickleEndsSoonAfterTheTimeout() {
        #expect((30...32).contains(seconds(taking: 1, every: 1)))
        #expect((30...32).contains(seconds(taking: 29, every: 29)))
        #expect((58...62).contains(seconds(taking: WriteProgress.minimumRate / 2, every: 1)))
    }

    @Test func steadyReaderIsBorne() {
        #expect(seconds(taking: WriteProgress.minimumRate, every: 1) == 3_600)
        #expect(seconds(taking: WriteProgress.minimumRate * 20, every: 20) == 3_600)
    }

    /// What is written meanwhile has not left.
    @Test func newAnswersAreNoProgress() {
        var progress = WriteProgress()
        progress.begin(pending: 100, at: start)
        for second in 1...30 as ClosedRange<Int64> {
            progress.saw(pending: progress.pendingBytes, at: start + .seconds(second))
            progress.added(pending: progress.pendingBytes + 1_000)
        }
        #expect(progress.end(timeout: Self.timeout) == start + Self.timeout)
    }
}
