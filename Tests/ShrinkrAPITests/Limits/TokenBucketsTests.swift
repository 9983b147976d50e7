import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct TokenBucketsTests {
    private let second: Int64 = 1_000_000_000

    private func buckets(_ count: Int, _ seconds: Int, sets: Int = 64) throws -> TokenBuckets {
        TokenBuckets(try #require(RateLimit(count: count, seconds: seconds)), sets: sets)
    }

    private func client(_ address: String) throws -> TokenBuckets.Client {
        let address: IPAddress = try #require(IPAddress(address))
        return TokenBuckets.Client(address)
    }

    @Test func bucketHoldsItsCountAndFillsAgain() throws {
        let (buckets, one) = (try buckets(3, 60), TokenBuckets.Client(name: "one"))
        #expect((0..<5).map { _ in buckets.take(one, at: 0).isAllowed } == [true, true, true, false, false])
        #expect(buckets.take(one, at: 0) == .init(isAllowed: false, remaining: 0, wait: 20 * second))
        #expect(buckets.take(one, at: 15 * second).wait == 5 * second)
        #expect(buckets.take(one, at: 20 * second) == .init(isAllowed: true, remaining: 0, wait: 60 * second))
        #expect(!buckets.take(one, at: 39 * second).isAllowed)
        // It never holds more than its count, however long nobody came.
        #expect((0..<4).map { _ in buckets.take(one, at: 9_000 * second).isAllowed } == [true, true, true, false])
    }

    @Test func severalTokensAreTakenAtOnce() throws {
        let (buckets, one) = (try buckets(10, 10), TokenBuckets.Client(name: "one"))
        #expect(buckets.take(one, cost: 7, at: 0).remaining == 3)
        #expect(!buckets.take(one, cost: 4, at: 0).isAllowed)
        #expect(buckets.take(one, cost: 3, at: 0).isAllowed)
        // More than there can ever be is what there can be.
        #expect(buckets.take(one, cost: 99, at: 10 * second).isAllowed)
        #expect(!buckets.take(one, cost: 1, at: 10 * second).isAllowed)
        #expect(buckets.take(one, cost: 0, at: 10 * second).isAllowed)
    }

    @Test func tokenThatWasNotOwedComesBack() throws {
        let (buckets, one) = (try buckets(2, 60), TokenBuckets.Client(name: "one"))
        for _ in 0..<100 {
            #expect(buckets.take(one, at: 0).isAllowed)
            buckets.giveBack(one, at: 0)
        }
        buckets.giveBack(one, at: 0)
        #expect((0..<3).map { _ in buckets.take(one, at: 0).isAllowed } == [true, true, false])
    }

    @Test func clientsAreApartAndASubscriberIsOne() throws {
        let buckets = try buckets(1, 60)
        for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1", "::"] {
            #expect(buckets.take(try client(address), at: 0).isAllowed, "\(address)")
        }
        // The same /64, and the same IPv4 address in IPv6's clothes.
        for address in ["2001:db8::2", "2001:db8::ffff:1:2:3", "2001:db8:0:1:8000::", "::ffff:192.0.2.1"] {
            #expect(!buckets.take(try client(address), at: 0).isAllowed, "\(address)")
        }
        #expect(buckets.take(TokenBuckets.Client(nil), at: 0).isAllowed)
        #expect(buckets.take(TokenBuckets.Client(name: "192.0.2.1"), at: 0).isAllowed)
    }

    /// Whoever comes from many addresses does not get rid of the one that has been refused.
    @Test func bucketIsNotWashedCleanByAFlood() throws {
        let buckets = try buckets(10, 60, sets: 1)
        let one = try client("192.0.2.1")
        for _ in 0..<10 { _ = buckets.take(one, at: 0) }
        for number in 0..<10_000 {
            _ = buckets.take(TokenBuckets.Client(name: "\(number)"), at: 0)
        }
        #expect(!buckets.take(one, at: 0).isAllowed)
        // All the strangers together had what the table holds, and no more.
        let late = (0..<1_000).count { buckets.take(TokenBuckets.Client(name: "late \($0)"), at: 0).isAllowed }
        #expect(late == 0)
        // Later there is room for everybody again.
        #expect(buckets.take(TokenBuckets.Client(name: "later"), at: 60 * second).remaining == 9)
    }

    @Test func newcomerTakesOverTheBucketThatLacksLeast() throws {
        let buckets = try buckets(100, 60, sets: 1)
        for number in 0..<TokenBuckets.ways {
            for _ in 0...number { _ = buckets.take(TokenBuckets.Client(name: "\(number)"), at: 0) }
        }
        #expect(buckets.take(TokenBuckets.Client(name: "new"), at: 0).remaining == 98)
        #expect(buckets.take(TokenBuckets.Client(name: "7"), at: 0).remaining == 91)
    }

    @Test(arguments: [(0, 60), (-1, 60), (1, 0), (1, 86_401), (1_000_000_001, 1)])
    func impossibleLimitIsNone(_ count: Int, _ seconds: Int) {
        #expect(RateLimit(count: count, seconds: seconds) == nil)
    }

    @Test func largestLimitCountsToo() throws {
        let (buckets, one) = (try buckets(1_000_000_000, 86_400), TokenBuckets.Client(name: "one"))
        #expect(buckets.take(one, cost: 1_000_000_000, at: 1 << 60).isAllowed)
        #expect(!buckets.take(one, at: 1 << 60).isAllowed)
    }
}
