import ShrinkrBase
import ShrinkrStore
import Testing

@testable import ShrinkrLaunch

/// What the ledger says of one journal, by what is known of it.
@Suite struct LedgerReportTests {
    private static let journal = "3c6ff0d6-7d0f-4c3c-9d2c-6b8f5c1f2a10"
    private static let time = Timestamp(milliseconds: 1_000)

    /// A reading of a journal whose frames have 10 clicks each.
    private func reading(
        _ account: JournalAccount?, counted: Int = 0, orphaned: Int = 0, held: [ClosedRange<Int64>] = [],
        isExact: Bool = true
    ) -> LedgerReading {
        let ledger = JournalLedger(
            journal: Self.journal, account: account, announcedAt: account.map { _ in Self.time }, counted: counted,
            orphaned: orphaned, held: held)
        return LedgerReading(before: ledger, after: ledger, held: held, isExact: isExact)
    }

    private func account(
        answered: Int? = nil, recorded: Int, lost: Int = 0, dropped: Int = 0, published: Int, through: Int64,
        gaps: [ClosedRange<Int64>] = [], isComplete: Bool = true
    ) -> JournalAccount {
        JournalAccount(
            answered: answered ?? recorded + dropped, recorded: recorded, lost: lost, dropped: dropped,
            published: published, publishedThrough: through, gaps: gaps, isComplete: isComplete)
    }

    /// The sums that the report promises.
    private func expectSums(_ terms: LedgerReport.Terms) {
        #expect(terms.answered == terms.journaled + terms.dropped + terms.beingJournaled)
        #expect(terms.journaled == terms.lost + terms.inJournal + terms.published)
        #expect(terms.published == terms.counted + terms.orphaned + terms.deadLettered + terms.inQueue)
        #expect(terms.inJournal >= 0 && terms.inQueue >= 0 && terms.beingJournaled >= 0)
    }

    @Test func everyClickIsInOneLine() {
        let account = account(answered: 111, recorded: 105, dropped: 5, published: 60, through: 6)
        let report = LedgerReport(
            [reading(account, counted: 35, orphaned: 5, held: [1...4])],
            queue: QueueReading(waiting: 1, inFlight: 0, dead: 1),
            deadLetters: [Self.journal: 10])
        expectSums(report.terms)
        #expect(report.problems.isEmpty)
        #expect(report.terms.beingJournaled == 1)
        #expect(report.terms.inJournal == 45)
        #expect(report.terms.inQueue == 10)
        #expect(report.terms.deadLettered == 10)
        #expect(report.terms.inFlight == 56)
        #expect(report.text.hasSuffix("It adds up."))
    }

    @Test func aFrameThatIsNowhereIsAProblem() {
        let account = account(recorded: 60, published: 60, through: 6)
        for queue in [nil, QueueReading(waiting: 0, inFlight: 1, dead: 0)] {
            let report = LedgerReport([reading(account, counted: 40, held: [1...2, 5...6])], queue: queue)
            expectSums(report.terms)
            #expect(report.problems.count == 1)
            #expect(report.text.hasSuffix("It does NOT add up."))
        }
    }

    @Test func aFrameThatDamageTookIsNone() {
        let account = account(recorded: 60, lost: 10, published: 50, through: 6, gaps: [3...3])
        let report = LedgerReport([reading(account, counted: 50, held: [1...2, 4...6])], queue: nil)
        expectSums(report.terms)
        #expect(report.problems.isEmpty)
        #expect(report.terms.lost == 10)
    }

    @Test func moreCountedThanTakenInIsAProblem() {
        let report = LedgerReport(
            [reading(account(recorded: 50, published: 50, through: 5), counted: 51, held: [1...5])], queue: nil)
        #expect(report.problems.count == 1)
    }

    /// The journal of a process that died went on for a moment after its last words.
    @Test func aSilentJournalMayBeBehind() {
        let account = account(recorded: 50, published: 40, through: 4)
        let report = LedgerReport(
            [reading(account, counted: 80, held: [1...8], isExact: false)], queue: QueueReading(waiting: 0, inFlight: 0)
        )
        expectSums(report.terms)
        #expect(report.problems.isEmpty)
        #expect(report.notes.count == 1)
        #expect(report.journals.map(\.isBehind) == [true])
    }

    /// The embedded queue accepts a frame once it is counted: for a moment the journal does not know that.
    @Test func countedBeforeItIsKnownAsPublished() {
        let report = LedgerReport(
            [reading(account(recorded: 50, published: 40, through: 4), counted: 50, held: [1...5])], queue: nil)
        expectSums(report.terms)
        #expect(report.problems.isEmpty)
        #expect(report.terms.published == 50)
    }

    @Test func lostTotalsAreSaid() {
        let account = account(recorded: 5, published: 5, through: 9, isComplete: false)
        let report = LedgerReport([reading(account, counted: 90, held: [1...9])], queue: nil)
        expectSums(report.terms)
        #expect(report.problems.isEmpty)
        #expect(!report.notes.isEmpty)
    }

    @Test func severalJournalsAddUp() throws {
        let other = JournalLedger(
            journal: "other", account: account(recorded: 7, published: 0, through: 0), announcedAt: Self.time,
            counted: 0,
            orphaned: 0, held: [])
        let report = LedgerReport(
            [
                reading(account(recorded: 50, published: 50, through: 5), counted: 50, held: [1...5]),
                LedgerReading(before: other, after: other, held: [], isExact: true),
            ], queue: nil)
        expectSums(report.terms)
        #expect(report.terms.journaled == 57)
        #expect(report.terms.inJournal == 7)
        #expect(try report.json().contains("\"adds_up\" : true"))
    }

    @Test(
        arguments: [
            ([1...5], 5, 0), ([1...2, 5...9], 5, 2), ([], 3, 3), ([2...2, 2...3], 4, 2), ([1...1, 9...9], 4, 3),
            ([3...4], 0, 0),
        ] as [([ClosedRange<Int64>], Int64, Int)])
    func missingFramesAreThoseBetween(held: [ClosedRange<Int64>], last: Int64, count: Int) {
        #expect(FrameRanges(missingFrom: held, through: last).count == count)
    }
}
