#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Enters frames into the ledger and adds their counts within a transaction, in a constant number of statements.
struct FrameWriter: Sendable {
    private static let selectIssued: PostgreSQLStatement = "SELECT code FROM links WHERE code_key = ANY ($1)"

    let frames: [CountedFrame]
    let now: Timestamp
    /// The keys of all codes in the frames.
    private let keys: [String]

    init(_ frames: [CountedFrame], codeCase: CodeCase, at now: Timestamp) {
        self.frames = frames
        self.now = now
        let codes = frames.reduce(into: Set<ShortCode>()) { $0.formUnion($1.content.names.codes) }
        keys = Set(codes.map { codeCase.key($0) }).map(\.text)
    }

    func add(_ session: PostgreSQLSession) throws -> AddOutcome {
        let journals = Set(frames.map(\.id.journal))
        let lock = try JournalLock(
            journals, session,
            then: Ledger.select(frames) + [
                JournalTable.select(of: Array(journals)), PostgreSQLCall(Self.selectIssued, [.init(keys)]),
            ])
        var pages = try Ledger.pages(lock.results[0], lock.results[1])
        let holders = try JournalTable.holders(lock.results[2])
        let issued = Set(try lock.results[3].compactMap { ShortCode(try $0.text(0)) })
        let new = frames.compactMap { frame in
            pages[frame.id.journal, default: LedgerPage(ranges: [], partialFrames: [:])].enter(frame)
        }
        return try add(new, to: pages, holders, issued, session)
    }

    private func add(
        // text: a journal's name is a UUID.
        _ new: [CountedFrame], to pages: [String: LedgerPage], _ holders: [String: JournalHolders],
        _ issued: Set<ShortCode>, _ session: PostgreSQLSession
    ) throws -> AddOutcome {
        let counts = MergedCounts(new)
        let orphans = Set(counts.codes).subtracting(issued)  // text: codes are ASCII.
        let tallies = FrameTally.byJournal(new, orphans: orphans)
        // A whole frame may say that nothing was missing of it, so holders may have waited for one that is not new.
        let waiting = holders.values.filter(\.isWaiting)
        let held = waiting.isEmpty ? [] : [Ledger.selectHeld(of: waiting.map(\.journal), at: now)]
        let opening = Ledger.save(pages) + held
        let closing = { (results: [PostgreSQLRows]) throws in
            let settled = try held.isEmpty ? [] : settle(waiting, results.last, pages)
            return JournalTable.save(settled) + (tallies.isEmpty ? [] : [Ledger.add(tallies)])
        }
        if orphans.count == counts.codes.count {
            try session.pipeline(closing(try session.pipeline(opening)))
        } else {
            try CountWriter(counts, orphans: orphans).add(session, opening: opening, closing: closing)
        }
        return AddOutcome(
            counted: tallies.values.reduce(0) { $0 + $1.counted },
            orphaned: tallies.values.reduce(0) { $0 + $1.orphaned }, duplicateFrames: frames.count - new.count)
    }

    /// Closes the statements that the ledger has caught up with.
    private func settle(
        // text: a journal's name is a UUID.
        _ holders: [JournalHolders], _ rows: PostgreSQLRows?, _ pages: [String: LedgerPage]
    ) throws -> [JournalHolders] {
        let held = try rows.map { try Ledger.held($0) } ?? [:]
        return holders.map { journal in
            var journal = journal
            journal.settle(
                LedgerExtent(
                    frame: held[journal.journal] ?? 0, partialFrames: pages[journal.journal]?.partialFrames ?? [:]))
            return journal
        }
    }
}
#endif
