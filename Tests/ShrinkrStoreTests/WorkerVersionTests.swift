import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import ShrinkrStoreSQLite
import StoreTestSupport
import Testing

/// What workers say of themselves, and what of a journal is counted.
@Suite struct WorkerVersionTests {
    private static let journal = "2f0c9e3a-9a53-4a0e-8a94-6c4d0d7a51c5"

    private func worker(_ number: Int, _ version: Int) -> WorkerAnnouncement {
        WorkerAnnouncement(id: "00000000-0000-4000-8000-00000000000\(number)", frameVersion: version)
    }

    @Test(arguments: StoreKind.allCases)
    func aWorkerIsAliveForAsLongAsItSays(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.workerVersions().isEmpty)
            try await store.announceWorker(worker(1, 2), for: .seconds(3_600))
            try await store.announceWorker(worker(2, 1), for: .seconds(3_600))
            try await store.announceWorker(worker(3, 5), for: .seconds(-10))
            #expect(try await store.workerVersions() == [1, 2])
            // What it says last counts.
            try await store.announceWorker(worker(2, 3), for: .seconds(3_600))
            #expect(try await store.workerVersions() == [2, 3])
            try await store.announceWorker(worker(1, 2), for: .seconds(-10))
            #expect(try await store.workerVersions() == [3])
            try await store.withdrawWorker(worker(2, 3).id)
            try await store.withdrawWorker(worker(2, 3).id)
            #expect(try await store.workerVersions().isEmpty)
        }
    }

    private func frame(_ number: Int64, clicks: Int, isPartial: Bool = false) throws -> CountedFrame {
        let code = try #require(ShortCode("nobodys"))
        let counts = { @Sendable (clicks: Int) in
            [code: LinkCounts(buckets: [TimeBucket(index: 2_000_000): Tally(people: clicks)])]
        }
        return CountedFrame(
            id: FrameID(journal: Self.journal, number: number), counts: clicks == 0 ? [:] : counts(clicks),
            clicks: clicks, isPartial: isPartial, countsBehind: { counts(clicks - $0) })
    }

    @Test(arguments: StoreKind.allCases)
    func whatIsCountedOfAJournalIsKnown(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.counting(of: [Self.journal]).isEmpty)
            _ = try await store.add(
                [
                    try frame(1, clicks: 3), try frame(2, clicks: 0, isPartial: true),
                    try frame(5, clicks: 2, isPartial: true),
                ], at: Timestamp(seconds: 1_800_000_000))
            let counting = try #require(try await store.counting(of: [Self.journal, "another"])[Self.journal])
            #expect(counting.clicksOfStrangers == 0)
            #expect(counting.partialFrames == [2: 0, 5: 2])
            #expect(counting.holds(1, clicks: 3, isPartial: false))
            #expect(!counting.holds(2, clicks: 4, isPartial: false))
            #expect(!counting.holds(3, clicks: 1, isPartial: false))
            #expect(counting.holds(5, clicks: 2, isPartial: true))
            #expect(!counting.holds(5, clicks: 3, isPartial: true))
            #expect(!counting.holds(5, clicks: 2, isPartial: false))
        }
    }

    /// A frame goes out in version 2, is taken for its beginning by a worker that reads version 1, and goes out again: in
    /// whatever order its messages are counted, its clicks are counted once.
    @Test(arguments: StoreKind.allCases, [[0, 4], [4, 0], [0, 0, 4, 0, 4]])
    func aBeginningWithoutClicksTakesNoneFromTheWhole(_ kind: StoreKind, clicks: [Int]) async throws {
        try await kind.withStore { store in
            var orphaned = 0
            for clicks in clicks {
                orphaned += try await store.add(
                    [try frame(1, clicks: clicks, isPartial: clicks == 0)], at: Timestamp(seconds: 1_800_000_000)
                ).orphaned
            }
            #expect(orphaned == 4)
            let counting = try #require(try await store.counting(of: [Self.journal])[Self.journal])
            #expect(counting.holds(1, clicks: 4, isPartial: false))
        }
    }

    @Test func aWorkerThatSaysNothingIsSeenByWhatItCounts() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                _ = try await store.add([try frame(1, clicks: 3)], at: Timestamp(seconds: 1_800_000_000))
                // As a worker does that knows nothing of the column.
                try await DatabaseQueue(path: path).write { database in
                    try database.execute(
                        sql: "UPDATE journal_counts SET counted = counted + 5 WHERE journal = ?",
                        arguments: [Self.journal])
                }
                #expect(try await store.counting(of: [Self.journal])[Self.journal]?.clicksOfStrangers == 5)
            }
        }
    }
}
