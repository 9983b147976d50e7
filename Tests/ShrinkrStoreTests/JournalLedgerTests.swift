import ShrinkrCore
import ShrinkrStore
import Testing

/// Both sides of the ledger, per journal.
@Suite struct JournalLedgerTests {
    private static let journal = "aaaaaaaa-0000-4000-8000-000000000000"

    private func announcement(_ frame: Int64, _ account: JournalAccount, isLast: Bool = false) -> JournalAnnouncement {
        JournalAnnouncement(journal: Self.journal, frame: frame, time: midnight, isLast: isLast, account: account)
    }

    private func account(through frame: Int64, gaps: [ClosedRange<Int64>] = []) -> JournalAccount {
        JournalAccount(
            answered: 40, recorded: 38, lost: 1, dropped: 2, published: 30, publishedThrough: frame, gaps: gaps,
            isComplete: true)
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
            let epoch = Timestamp(milliseconds: 0)
            let later = midnight.advanced(by: JournalProgress.gapPatience)
            _ = try await store.add([frame(1, ["a": 1]), frame(3, ["a": 1])], at: midnight)
            try await store.announce(announcement(3, account(through: 3, gaps: [2...2])), at: midnight)
            #expect(try await store.journalLedgers().first?.missing.count == 0)
            #expect(try await store.countedThrough(silentSince: epoch, abandonedSince: epoch) == epoch)
            // The gap's age counts from when it was first heard of.
            try await store.announce(announcement(3, account(through: 3, gaps: [2...2])), at: later)
            #expect(try await store.countedThrough(silentSince: epoch, abandonedSince: epoch) == midnight)
            // More damage: the gap has grown, and is a new one.
            try await store.announce(announcement(6, account(through: 6, gaps: [2...5])), at: later)
            #expect(try await store.journalLedgers().first?.missing.ranges == [6...6])
            // The copy came after all.
            #expect(try await store.add([frame(2, ["a": 5])], at: later) == AddOutcome(counted: 5))
        }
    }
}
