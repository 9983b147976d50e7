import GRDB
import ShrinkrBase
import ShrinkrStore
import Testing

@Suite struct AnnouncementTests {
    private static let epoch = Timestamp(milliseconds: 0)

    @Test(arguments: StoreKind.allCases)
    func withoutJournalsNothingIsKnown(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await counted(store) == nil)
            _ = try await store.add([CountedFrame(1, people: [:])], at: midnight)
            #expect(try await counted(store) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func journalWithoutFramesIsCountedAtOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 0, at: 5, store)
            #expect(try await counted(store) == second(5))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func statementHoldsOnceAllItsFramesAreCounted(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 3, at: 5, store)
            for (number, expected) in [(1, Self.epoch), (3, Self.epoch), (2, second(5))] {
                try await count("a", Int64(number), store)
                #expect(try await counted(store) == expected)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func statementAboutCountedFramesHoldsAtOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for number in 1...3 { try await count("a", Int64(number), store) }
            try await announce("a", 3, at: 5, store)
            #expect(try await counted(store) == second(5))
        }
    }

    /// However fast announcements come, the open one is not replaced; when it is fulfilled, the newest one is next.
    @Test(arguments: StoreKind.allCases)
    func newerStatementWaitsForTheOpenOne(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for number in 1...4 { try await announce("a", Int64(number), at: number * 10, store) }
            try await count("a", 1, store)
            #expect(try await counted(store) == second(10))
            for number in [2, 3] { try await count("a", Int64(number), store) }
            #expect(try await counted(store) == second(10))
            try await count("a", 4, store)
            #expect(try await counted(store) == second(40))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func oneCallMayFulfilBothStatements(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 1, at: 10, store)
            try await announce("a", 2, at: 20, store)
            let frames = try [CountedFrame(2, people: [:]), CountedFrame(1, people: [:])]
            _ = try await store.add(frames, at: midnight)
            #expect(try await counted(store) == second(20))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func slowestJournalDecides(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 0, at: 50, store)
            try await announce("b", 0, at: 20, store)
            #expect(try await counted(store) == second(20))
            try await announce("b", 1, at: 60, store)
            #expect(try await counted(store) == second(20))
            try await count("b", 1, store)
            #expect(try await counted(store) == second(50))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func silentJournalWithNothingToCountIsLeftOut(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("silent", 0, at: 10, store)
            try await announce("a", 0, at: 30, store)
            for (silent, expected) in [(10, second(10)), (11, second(30)), (30, second(30)), (31, nil)] {
                #expect(
                    try await counted(store, silentSince: second(silent), abandonedSince: Self.epoch) == expected)
            }
        }
    }

    /// Its frames are on their way, or on the disk of a machine that comes back.
    @Test(arguments: StoreKind.allCases)
    func silentJournalWithFramesToCountTakesPartUntilAbandoned(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("silent", 1, at: 10, store)
            try await announce("a", 0, at: 30, store)
            for (abandoned, expected) in [(9, Self.epoch), (10, Self.epoch), (11, second(30))] {
                #expect(
                    try await counted(store, silentSince: second(20), abandonedSince: second(abandoned))
                        == expected)
            }
            // A statement that has to wait is a sign of life too.
            try await announce("silent", 2, at: 20, store)
            #expect(
                try await counted(store, silentSince: second(20), abandonedSince: second(11)) == Self.epoch)
            for number in [1, 2] { try await count("silent", Int64(number), store) }
            #expect(
                try await counted(store, silentSince: second(20), abandonedSince: Self.epoch) == second(20))
            #expect(
                try await counted(store, silentSince: second(21), abandonedSince: Self.epoch) == second(30))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func journalWithNothingLeftTakesNoPart(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 0, at: 90, store)
            try await announce("leaving", 1, at: 10, store)
            try await announce("leaving", 2, at: 20, isLast: true, store)
            try await count("leaving", 1, store)
            #expect(try await counted(store) == second(10))
            try await count("leaving", 2, store)
            #expect(try await counted(store) == second(90))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func journalThatComesBackTakesPartAgain(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 0, at: 10, isLast: true, store)
            #expect(try await counted(store) == nil)
            try await announce("a", 1, at: 30, store)
            #expect(try await counted(store) == second(10))
            try await count("a", 1, store)
            #expect(try await counted(store) == second(30))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func lastWordsAreTakenBackByALaterStatement(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 1, at: 10, isLast: true, store)
            try await announce("a", 2, at: 20, store)
            try await count("a", 1, store)
            #expect(try await counted(store) == second(10))
        }
    }

    // MARK: Copies

    /// The process that made a journal wants all of its open frame counted; who has the beginning of it, only that.
    @Test(arguments: StoreKind.allCases)
    func aPartialFrameFulfilsOnlyWhoHasNoMoreOfIt(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("x")
            try await announce("a", 1, at: 10, store)
            try await announce("a", 1, by: "copy", partial: [1: 2], at: 20, isLast: true, store)
            try await announce("a", 1, by: "longer", partial: [1: 3], at: 30, isLast: true, store)
            _ = try await store.add([CountedFrame(1, clicks: ["x", "x"], isPartial: true)], at: midnight)
            #expect(try await store.hold([JournalExtent(journal: "a", frame: 1, partialFrames: [1: 2])]))
            #expect(try await !store.hold([JournalExtent(journal: "a", frame: 1, partialFrames: [1: 3])]))
            #expect(try await !store.hold([JournalExtent(journal: "a", frame: 1)]))
            #expect(try await counted(store) == Self.epoch)
            _ = try await store.add([CountedFrame(1, clicks: ["x", "x", "x"], isPartial: true)], at: midnight)
            #expect(try await store.hold([JournalExtent(journal: "a", frame: 1, partialFrames: [1: 3])]))
            #expect(try await counted(store) == Self.epoch)
            _ = try await store.add([CountedFrame(1, clicks: ["x", "x", "x", "x"])], at: midnight)
            #expect(try await store.hold([JournalExtent(journal: "a", frame: 1)]))
            #expect(try await counted(store) == second(10))
        }
    }

    /// Who speaks for a frame that was counted as partial names what it has of it, and waits for nothing.
    @Test(arguments: StoreKind.allCases)
    func whatWasCountedAsPartialIsFulfilledForTheNextHolder(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("x")
            _ = try await store.add([CountedFrame(1, clicks: ["x", "x"], isPartial: true)], at: midnight)
            try await announce("a", 1, by: "next", partial: [1: 2], at: 20, isLast: true, store)
            try await announce("next", 0, at: 21, store)
            #expect(try await counted(store) == second(21))
        }
    }

    /// A copy that is done says nothing about what the original went on to record.
    @Test(arguments: StoreKind.allCases)
    func aCopysLastWordsAreItsOwn(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await announce("a", 2, at: 10, store)
            try await count("a", 1, store)
            try await announce("a", 1, by: "copy", at: 20, isLast: true, store)
            #expect(try await counted(store) == Self.epoch)
            try await count("a", 2, store)
            #expect(try await counted(store) == second(10))
        }
    }

    /// After a restart the new process speaks for all that the dead one ever announced; a copy of an older state does not.
    @Test(arguments: StoreKind.allCases)
    func whoHasItAllReplacesASilentProcess(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("x")
            try await announce("b", 0, at: 90, store)
            try await announce("a", 0, at: 5, store)
            try await announce("a", 3, at: 10, store)
            for number in [1, 2] { try await count("a", Int64(number), store) }
            _ = try await store.add([CountedFrame(3, of: "a", clicks: ["x"], isPartial: true)], at: midnight)
            try await announce("a", 2, by: "copy", at: 30, isLast: true, store)
            #expect(try await counted(store, replacedSince: second(20)) == second(5))
            try await announce("a", 3, by: "b", partial: [3: 1], at: 31, isLast: true, store)
            #expect(try await counted(store, replacedSince: second(10)) == second(5))
            #expect(try await counted(store, replacedSince: second(11)) == second(90))
        }
    }

    /// A process that starts again and again, and each time takes over what the earlier starts left, leaves a few rows,
    /// not one for each pair of starts. What is counted stays the same.
    @Test func replacedHoldersAreForgotten() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await announce("a", 3, at: 0, store)
                for start in 1...200 { try await announce("a", 3, by: "b\(start)", at: 10 * start, store) }
                #expect(try await counted(store, replacedSince: second(1_995)) == Self.epoch)
                for number in 1...3 { try await count("a", Int64(number), store) }
                #expect(try await counted(store, replacedSince: second(1_995)) == second(2_000))
            }
            let rows = try await DatabaseQueue(path: path).read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM journal_holders") ?? 0
            }
            #expect((2...9).contains(rows))
        }
    }

    /// The same in each store: a holder is forgotten a minute after it fell silent, where another one has all that it had.
    @Test(arguments: StoreKind.allCases, [(3, 500), (4, 5)] as [(Int64, Int)])
    func holderThatHasMoreIsNotForgotten(_ kind: StoreKind, reach: (frame: Int64, second: Int)) async throws {
        try await kind.withStore { store in
            try await announce("a", 0, at: 5, store)
            try await announce("a", reach.frame, by: "gone", at: 10, store)
            try await announce("a", 3, by: "copy", at: 500, store)
            try await announce("a", 0, at: 600, store)
            for number in 1...3 { try await count("a", Int64(number), store) }
            #expect(try await counted(store) == second(reach.second))
        }
    }

    /// How far everything is counted, with silent journals.
    private func counted(
        _ store: any StatsStore, silentSince: Timestamp = epoch, abandonedSince: Timestamp = epoch,
        replacedSince: Timestamp = epoch
    ) async throws -> Timestamp? {
        try await store.countedThrough(
            silentSince: silentSince, abandonedSince: abandonedSince, replacedSince: replacedSince)
    }

    private func second(_ number: Int) -> Timestamp {
        midnight.advanced(by: .seconds(number))
    }

    private func announce(
        _ journal: String, _ frame: Int64, by holder: String? = nil, partial: [Int64: Int] = [:], at number: Int,
        isLast: Bool = false, _ store: any StatsStore
    ) async throws {
        let announcement = JournalAnnouncement(
            extent: JournalExtent(journal: journal, frame: frame, partialFrames: partial), holder: holder,
            time: second(number), isLast: isLast)
        try await store.announce(announcement, at: second(number))
    }

    private func count(_ journal: String, _ frame: Int64, _ store: any StatsStore) async throws {
        _ = try await store.add([CountedFrame(frame, of: journal, people: [:])], at: midnight)
    }
}
