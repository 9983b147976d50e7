import ShrinkrStore
import StoreTestSupport
import TestSupport
import Testing

/// Versions of one frame that are the beginning of one another: each click counts once, in whatever order they come.
@Suite(.ownThread) struct PartialFrameTests {
    private static let clicks = ["a", "b", "a", "a", "gone", "b", "a", "b", "b"]
    /// How many clicks each version has; the last one is the whole frame.
    private static let lengths = [2, 5, 7, 9]

    private static let orders: [[Int]] = permutations(Array(lengths.indices))

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }

    private func version(_ index: Int) throws -> CountedFrame {
        let length = Self.lengths[index]
        return try CountedFrame(
            1, clicks: Array(Self.clicks.prefix(length)), isPartial: length < Self.clicks.count)
    }

    @Test(arguments: StoreKind.allCases, [false, true])
    func eachClickCountsOnceInAnyOrder(_ kind: StoreKind, inOneFlush: Bool) async throws {
        for order in Self.orders {
            try await kind.withStore { store in
                try await store.insertLinks("a", "b")
                let frames = try order.map(version)
                var outcome = AddOutcome()
                for part in inOneFlush ? [frames] : frames.map({ [$0] }) {
                    let added = try await store.add(part, at: midnight)
                    outcome.counted += added.counted
                    outcome.orphaned += added.orphaned
                }
                #expect((outcome.counted, outcome.orphaned) == (8, 1), "\(order)")
                #expect(try await store.clicks("a") == 4, "\(order)")
                #expect(try await store.clicks("b") == 4, "\(order)")
                // And once more: nothing is left to count.
                for frame in frames { #expect(try await store.add([frame], at: midnight).counted == 0, "\(order)") }
                let ledger = try #require(try await store.journalLedgers().first)
                #expect((ledger.counted, ledger.orphaned) == (8, 1), "\(order)")
                #expect(try await store.ledgerTotals().counted == 8, "\(order)")
            }
        }
    }

    /// Without the whole frame, the longest version counts.
    @Test(arguments: StoreKind.allCases)
    func theLongestBeginningCounts(_ kind: StoreKind) async throws {
        for order in Self.orders {
            try await kind.withStore { store in
                try await store.insertLinks("a", "b", "gone")
                for index in order where Self.lengths[index] < Self.clicks.count {
                    _ = try await store.add([version(index)], at: midnight)
                }
                #expect(try await store.clicks() == 7, "\(order)")
            }
        }
    }
}
