import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import TestSupport
import Testing

@Suite(.ownThread) struct LedgerTests {
    @Test(arguments: StoreKind.allCases)
    func framesCountInAnyOrderAndOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let order: [Int64] = [5, 1, 3, 2, 4, 9, 7, 8, 6]
            for number in order {
                let outcome = try await store.add([CountedFrame(number, people: ["a": 1])], at: midnight)
                #expect(outcome == AddOutcome(counted: 1))
            }
            for number in order {
                let outcome = try await store.add([CountedFrame(number, people: ["a": 1])], at: midnight)
                #expect(outcome == AddOutcome(duplicateFrames: 1))
            }
            #expect(try await store.clicks("a") == 9)
            #expect(try await store.ledgerTotals() == LedgerTotals(frames: 9, counted: 9))
        }
    }

    /// Random orders with random repetitions, several frames at a time.
    @Test(arguments: StoreKind.allCases, [UInt64(1), 2, 3, 4])
    func anyDeliveryCountsEachFrameOnce(_ kind: StoreKind, _ seed: UInt64) async throws {
        var random = SplitMix(state: seed)
        let deliveries = (1...40).flatMap { number in
            Array(repeating: Int64(number), count: Int.random(in: 1...3, using: &random))
        }
        .shuffled(using: &random)
        let frames = try deliveries.map { try CountedFrame($0, people: ["a": Int($0)]) }
        try await kind.withStore { store in
            try await store.insertLinks("a")
            var rest = frames[...]
            while !rest.isEmpty {
                let next = rest.prefix(Int.random(in: 1...7, using: &random))
                rest = rest.dropFirst(next.count)
                _ = try await store.add(Array(next), at: midnight)
            }
            #expect(try await store.clicks("a") == 40 * 41 / 2)
            #expect(try await store.ledgerTotals() == LedgerTotals(frames: 40, counted: 40 * 41 / 2))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func copiesInOneCallCountOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let frames = try [1, 2, 1, 2, 2].map { try CountedFrame($0, people: ["a": 3]) }
            #expect(try await store.add(frames, at: midnight) == AddOutcome(counted: 6, duplicateFrames: 3))
            #expect(try await store.clicks("a") == 6)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func journalsCountApart(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let frames = try [
                CountedFrame(1, of: "x", people: ["a": 1]), CountedFrame(1, of: "y", people: ["a": 10]),
                CountedFrame(2, of: "y", people: ["a": 100]),
            ]
            #expect(try await store.add(frames, at: midnight) == AddOutcome(counted: 111))
            let next = try CountedFrame(2, of: "x", people: ["a": 1_000])
            #expect(try await store.add([next], at: midnight) == AddOutcome(counted: 1_000))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func clicksOfNoLinkAreOrphansAndNothingElse(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("live")
            var frame = try CountedFrame(1, people: ["live": 1, "other": 2, "never": 4, "LIVE": 8])
            for text in ["other", "never"] {
                frame.counts[try code(text)]?.see(1, hours: [0])
                frame.counts[try code(text)]?.values = [
                    DimensionKey(bucket: bucket(0), dimension: .browser, value: "b"): Tally(people: 1)
                ]
            }
            #expect(try await store.add([frame], at: midnight) == AddOutcome(counted: 1, orphaned: 14))
            #expect(try await store.clicks() == 1)
            #expect(try await store.visitors(.all()) == 0)
            #expect(try await store.values(.all(), dimension: .browser, traffic: .all, limit: 9).isEmpty)
            #expect(try await store.ledgerTotals() == LedgerTotals(frames: 1, counted: 1, orphaned: 14))
        }
    }

    /// Their clicks were made while there was a link, and are read when it is restored.
    @Test(arguments: StoreKind.allCases)
    func clicksOfDeletedAndErasedLinksCount(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("deleted", "erased")
            _ = try await store.delete(try code("deleted"), ifVersion: nil, at: midnight)
            _ = try await store.erase(try code("erased"), ifVersion: nil, at: midnight)
            let frame = try CountedFrame(1, people: ["deleted": 2, "erased": 4])
            #expect(try await store.add([frame], at: midnight) == AddOutcome(counted: 6))
            #expect(try await store.clicks("deleted") == 2)
            #expect(try await store.clicks("erased") == 4)
            for text in ["deleted", "erased"] { #expect(try await store.issuedCode(try code(text)) != nil) }
            #expect(try await store.issuedCode(try code("Deleted")) == code("deleted"))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func frameOfOrphansOnlyMakesNoReportDue(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.add([CountedFrame(1, people: ["never": 1])], at: midnight)
            #expect(try await store.claimDueReports(limit: 9, at: midnight, until: midnight).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func emptyFrameIsRememberedToo(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.add([], at: midnight) == AddOutcome())
            #expect(try await store.add([CountedFrame(1, people: [:])], at: midnight) == AddOutcome())
            #expect(try await store.ledgerTotals() == LedgerTotals(frames: 1))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func largestFrameNumberIsHarmless(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            for number in [Int64.max, .max - 1, .max] {
                _ = try await store.add([CountedFrame(number, people: ["a": 1])], at: midnight)
            }
            #expect(try await store.clicks("a") == 2)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func concurrentCallsCountEachFrameOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let frames = try (1...20).map { try CountedFrame($0, people: ["a": 1]) }
            let counted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var counted = 0
                        for frame in frames { counted += try await store.add([frame], at: midnight).counted }
                        return counted
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(counted == 20)
            #expect(try await store.clicks("a") == 20)
        }
    }
}

/// A small generator whose numbers depend on its seed alone (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
