#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrStore

/// Takes announcements within a transaction.
struct AnnouncementWriter: Sendable {
    let announcements: [JournalAnnouncement]
    let now: Timestamp

    /// Returns how many frames of each announcement's journal are counted.
    func announce(_ session: PostgreSQLSession) throws -> [Int] {
        let journals = Array(Set(announcements.map(\.journal)))
        let lock = try JournalLock(
            journals, session,
            then: [
                AccountTable.select(of: journals), JournalTable.select(of: journals),
                Ledger.selectPartials(of: journals),
            ])
        let ledger = try session.pipeline(
            AccountTable.saveGaps(announcements, at: now) + [
                Ledger.selectHeld(of: journals, at: now), Ledger.countFrames(of: journals),
            ])
        let accounts = try merge(AccountTable.accounts(lock.results[0]), folded: lock.folded)
        let holders = try announce(
            to: JournalTable.holders(lock.results[1]), held: Ledger.held(ledger[ledger.count - 2]),
            partials: Ledger.partials(lock.results[2]))
        try session.pipeline(AccountTable.save(accounts) + JournalTable.save(holders))
        let frames = try Ledger.held(ledger[ledger.count - 1])
        return announcements.map { Int(frames[$0.journal] ?? 0) }
    }

    /// The accounts that are new or have changed.
    // text: a journal's name is a UUID.
    private func merge(_ known: [String: AnnouncedAccount], folded: Set<String>) -> [String: AnnouncedAccount] {
        var changed: [String: AnnouncedAccount] = [:]  // text: as above.
        for announcement in announcements where !folded.contains(announcement.journal) {
            guard let said = announcement.account, !said.isEmpty else { continue }
            let journal = announcement.journal
            var account =
                changed[journal] ?? known[journal]
                ?? AnnouncedAccount(said, announcedAt: now, isFinal: announcement.isLast)
            account.merge(said, announcement, at: now)
            changed[journal] = account
        }
        return changed
    }

    private func announce(
        // text: a journal's name is a UUID.
        to known: [String: JournalHolders], held: [String: Int64], partials: [String: [Int64: Int]]
    ) -> some Sequence<JournalHolders> {
        var holders = known
        for announcement in announcements {
            let journal = announcement.journal
            let ledger = LedgerExtent(frame: held[journal] ?? 0, partialFrames: partials[journal] ?? [:])
            holders[journal, default: JournalHolders(journal: journal)].announce(announcement, ledger, at: now)
        }
        return holders.values
    }
}
#endif
