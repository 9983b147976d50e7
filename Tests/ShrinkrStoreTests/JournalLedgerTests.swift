import ShrinkrBase
import ShrinkrStore
import StoreTestSupport
import Testing

/// Both sides of the ledger, per journal.
@Suite struct JournalLedgerTests {
    private static let epoch = Timestamp(milliseconds: 0)
    private static let journal = "aaaaaaaa-0000-4000-8000-000000000000"

    private func announcement(_ frame: Int64, _ account: JournalAccount, isLast: Bool = false) -> JournalAnnouncement {
        JournalAnnouncement(
            extent: JournalExtent(journal: Self.journal, frame: frame), time: midnight, isLast: isLast, account: account
        )
    }

    private func account(through frame: Int64, gaps: [ClosedRange<Int64>] = []) -> JournalAccount {
        JournalAccount(
            answered: 40, recorded: 38, lost: 1, dropped: 2, published: 30, publishedThrough: frame, gaps: gaps,
            isComplete: true)
    }

    private func counted(_ store: any StatsStore) async throws -> Timestamp? {
        try await store.countedThrough(silentSince: Self.epoch, abandonedSince: Self.epoch, replacedSince: Self.epoch)
    }

    private func frame(_ number: Int64, _ people: [String: Int]) throws -> CountedFrame {
        try CountedFrame(number, of: Self.journal, people: people)
    }

    @Test(arguments: StoreKind.allCases)
    func bothSidesMeet(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            #expect(try await store.journalLedgers().isEmpty)
            let account = account(through: 4)
            try await store.announce(announcement(4, account), at: midnight)
            let frames = try [frame(1, ["a": 3, "gone": 2]), frame(2, ["a": 1]), frame(4, ["gone": 7])]
            _ = try await store.add(frames, at: midnight)
            _ = try await store.add([frames[0]], at: midnight)
            let ledger = try #require(try await store.journalLedgers().first)
            #expect(ledger.journal == Self.journal)
            #expect(ledger.account == account)
            #expect(ledger.announcedAt == midnight)
            #expect(ledger.counted == 4)
            #expect(ledger.orphaned == 9)
            #expect(ledger.missing.ranges == [3...3])
            #expect(ledger.holds(2) && !ledger.holds(3))
            #expect(try await store.ledgerTotals() == LedgerTotals(frames: 3, counted: 4, orphaned: 9))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aJournalThatSaidNothingIsCountedAllTheSame(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            _ = try await store.add([frame(1, ["a": 3])], at: midnight)
            let ledger = try #require(try await store.journalLedgers().first)
            #expect(ledger.account == nil)
            #expect(ledger.counted == 3)
            #expect(ledger.missing.count == 0)
        }
    }

    /// A frame that damage took holds "everything is counted" back for as long as a copy of it may be under way.
    @Test(arguments: StoreKind.allCases)
    func gapsAreWaitedForAndThenGivenUp(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let epoch = Self.epoch
            let later = midnight.advanced(by: JournalProgress.gapPatience)
            _ = try await store.add([frame(1, ["a": 1]), frame(3, ["a": 1])], at: midnight)
            try await store.announce(announcement(3, account(through: 3, gaps: [2...2])), at: midnight)
            #expect(try await store.journalLedgers().first?.missing.count == 0)
            #expect(try await counted(store) == epoch)
            // The gap's age counts from when it was first heard of.
            try await store.announce(announcement(3, account(through: 3, gaps: [2...2])), at: later)
            #expect(try await counted(store) == midnight)
            // More damage: the gap has grown, and is a new one.
            try await store.announce(announcement(6, account(through: 6, gaps: [2...5])), at: later)
            #expect(try await store.journalLedgers().first?.missing.ranges == [6...6])
            // The copy came after all.
            #expect(try await store.add([frame(2, ["a": 5])], at: later) == AddOutcome(counted: 5))
        }
    }

    /// A machine that comes back with the files of a journal that is folded.
    @Test(arguments: StoreKind.allCases)
    func gapsOfAFoldedJournalAreNotWaitedForAgain(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let later = midnight.advanced(by: JournalProgress.gapPatience)
            _ = try await store.add([frame(1, ["a": 1]), frame(3, ["a": 1])], at: midnight)
            let words = announcement(3, account(through: 3, gaps: [2...2]), isLast: true)
            try await store.announce(words, at: midnight)
            #expect(try await store.foldJournals(finishedBefore: later, silentBefore: later) == 1)
            try await store.announce(words, at: later)
            #expect(try await store.foldJournals(finishedBefore: .init(milliseconds: .max), silentBefore: later) == 1)
            try await store.announce(announcement(3, account(through: 3, gaps: [2...2])), at: later)
            #expect(try await counted(store) == midnight)
            // Nor is one for ever that is new.
            try await store.announce(announcement(5, account(through: 5, gaps: [4...5])), at: later)
            #expect(try await store.hold([JournalExtent(journal: Self.journal, frame: 5)]))
        }
    }

    /// A copy of the files that is behind takes nothing back.
    @Test(arguments: StoreKind.allCases)
    func accountsOfCopiesAreMerged(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let original = JournalAccount(answered: 41, recorded: 40, published: 30, publishedThrough: 3)
            let copy = JournalAccount(answered: 20, recorded: 20, lost: 1, published: 20, publishedThrough: 2)
            try await store.announce(announcement(4, original), at: midnight)
            let later = midnight.advanced(by: .seconds(5))
            let extent = JournalExtent(journal: Self.journal, frame: 2)
            let announcement = JournalAnnouncement(
                extent: extent, holder: "copy", time: later, isLast: true, account: copy)
            try await store.announce(announcement, at: later)
            let ledger = try #require(try await store.journalLedgers().first)
            #expect(ledger.account == original.merged(with: copy, isFinal: true))
            #expect(ledger.account?.recorded == 40 && ledger.account?.publishedThrough == 3)
            #expect(ledger.announcedAt == midnight && !ledger.isFinal)
        }
    }

    /// What is done with is one sum; what tells its frames when they come again stays.
    @Test(arguments: StoreKind.allCases)
    func finishedJournalsAreFolded(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("a")
            let account = JournalAccount(answered: 5, recorded: 5, published: 5, publishedThrough: 2)
            _ = try await store.add([frame(1, ["a": 3]), frame(2, ["gone": 2])], at: midnight)
            try await store.announce(announcement(2, account, isLast: true), at: midnight)
            let open = JournalAnnouncement(
                extent: JournalExtent(journal: "open", frame: 1), time: midnight, isLast: true, account: account)
            try await store.announce(open, at: midnight)
            let later = midnight.advanced(by: .seconds(1))
            #expect(try await store.foldJournals(finishedBefore: midnight, silentBefore: Self.epoch) == 0)
            #expect(try await store.foldJournals(finishedBefore: later, silentBefore: Self.epoch) == 1)
            let ledgers = try await store.journalLedgers()
            #expect(ledgers.map(\.journal) == ["open", JournalLedger.folded])
            #expect(ledgers.last?.account?.recorded == 5 && ledgers.last?.account?.answered == 5)
            #expect(ledgers.last?.counted == 3 && ledgers.last?.orphaned == 2)
            // A late copy of its files: nothing counts again, and the sum stays.
            #expect(try await store.add([frame(1, ["a": 3])], at: later) == AddOutcome(duplicateFrames: 1))
            try await store.announce(announcement(2, account, isLast: true), at: later)
            #expect(try await store.journalLedgers().map(\.journal) == ["open", JournalLedger.folded])
            #expect(try await store.journalLedgers().last == ledgers.last)
            // One that never finished is folded too, in the end, and nothing twice.
            let end = midnight.advanced(by: .seconds(9))
            #expect(try await store.foldJournals(finishedBefore: end, silentBefore: end) == 2)
            #expect(try await store.journalLedgers().map(\.account?.recorded) == [10])
            #expect(try await store.journalLedgers().map(\.counted) == [3])
        }
    }
}
