import CoreTestSupport
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite("Counting a frame")
struct FrameCounterTests {
    private let counter: FrameCounter

    init() throws {
        counter = FrameCounter(classifier: ClickClassifier())
    }

    private func count(_ clicks: [Click]) throws -> CountedFrame {
        let frame = ClickFrame(id: FrameID(journal: Fixture.journal, number: 9), clicks: clicks)
        let message = try #require(FrameMessage(frame))
        return try #require(counter.count(message).first)
    }

    @Test("splits clicks by link, quarter of an hour, and person or bot")
    func buckets() throws {
        let next = Fixture.time.advanced(by: .seconds(900))
        let frame = try count([
            try Fixture.click(code: "a"), try Fixture.click(code: "a", userAgent: "curl/8.5.0"),
            try Fixture.click(code: "a", at: next.advanced(by: .milliseconds(-1))),
            try Fixture.click(code: "a", at: next), try Fixture.click(code: "b"),
        ])
        #expect(frame.id.number == 9)
        #expect(frame.clicks == 5)
        let a = try #require(frame.counts[try Fixture.code("a")])
        #expect(
            a.buckets == [
                TimeBucket(containing: Fixture.time): Tally(people: 2, bots: 1),
                TimeBucket(containing: next): Tally(people: 1),
            ])
        #expect(frame.counts[try Fixture.code("b")]?.buckets.values.map(\.clicks) == [1])
    }

    @Test("adds every dimension up to the clicks of its bucket")
    func dimensions() throws {
        let clicks = try (1...50).flatMap { try Fixture.mixedFrame($0).clicks }
        for (_, counts) in try count(clicks).counts {
            for dimension in Dimension.allCases {
                var sums: [TimeBucket: Tally] = [:]
                for (key, tally) in counts.values where key.dimension == dimension {
                    sums[key.bucket, default: Tally()] = sums[key.bucket, default: Tally()] + tally
                }
                #expect(sums == counts.buckets)
            }
        }
    }

    @Test("keeps visitors by hour, people only")
    func visitors() throws {
        // 20:15 and 21:15 on one day, 00:15 on the next.
        let later = Fixture.time.advanced(by: .seconds(3_600))
        let tomorrow = Fixture.time.advanced(by: .seconds(4 * 3_600))
        let frame = try count([
            try Fixture.click(visitor: 1), try Fixture.click(at: later, visitor: 1),
            try Fixture.click(at: tomorrow, visitor: 1), try Fixture.click(visitor: 2),
            try Fixture.click(visitor: 3, userAgent: "Twitterbot/1.0"), try Fixture.click(),
        ])
        let hour = Fixture.time.seconds / 3_600
        let visitors = try #require(frame.counts[try Fixture.code("abc")]).visitors
        #expect(
            visitors == [
                hour: [VisitorHash(bits: 1), VisitorHash(bits: 2)], hour + 1: [VisitorHash(bits: 1)],
                hour + 4: [VisitorHash(bits: 1)],
            ])
    }

    @Test("knows how many counters a frame changes at most")
    func keys() throws {
        // One bucket, six values, one sketch; then another bucket with its values, of the same hour and so the same sketch.
        #expect(FrameCounts.keys(of: [try count([try Fixture.click(visitor: 1)]).content]).count == 8)
        let later = Fixture.time.advanced(by: .seconds(900))
        let clicks = [try Fixture.click(visitor: 1), try Fixture.click(at: later, visitor: 1)]
        #expect(FrameCounts.keys(of: [try count(clicks).content]).count == 15)
    }

    @Test("knows counters again, whatever numbers a message gives its names")
    func sameKeys() throws {
        let (one, other) = (try Fixture.click(visitor: 1), try Fixture.click(visitor: 2, userAgent: "Twitterbot/1.0"))
        let keys = FrameCounts.keys(of: [try count([one, other]).content])
        #expect(Set(keys) == Set(FrameCounts.keys(of: [try count([other, one, one]).content])))
        #expect(keys.count == Set(keys).count)
    }
}
