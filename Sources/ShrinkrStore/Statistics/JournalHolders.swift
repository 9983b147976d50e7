package import ShrinkrBase

/// The holders of one journal: what each of them said, and what becomes of that. Pure; a store keeps what has changed.
package struct JournalHolders: Hashable, Sendable {
    package let journal: String
    // text: a holder's name is a UUID.
    /// The progress of each holder.
    package private(set) var progress: [String: JournalProgress]
    // text: a holder's name is a UUID.
    /// As a store has it.
    private let stored: [String: JournalProgress]

    // text: a holder's name is a UUID.
    package init(journal: String, _ progress: [String: JournalProgress] = [:]) {
        self.journal = journal
        self.progress = progress
        stored = progress
    }

    /// Takes an announcement about the journal.
    ///
    /// - Parameter ledger: what is counted of the journal at `now`.
    package mutating func announce(_ announcement: JournalAnnouncement, _ ledger: LedgerExtent, at now: Timestamp) {
        var own =
            progress[announcement.holder]
            ?? JournalProgress(countedThrough: progress[journal]?.countedThrough ?? Timestamp(milliseconds: 0))
        own.announce(announcement, at: now)
        own.settle(ledger)
        progress[announcement.holder] = own
        forgetReplaced(by: announcement.holder, at: now)
    }

    /// Closes the statements that the ledger has caught up with.
    package mutating func settle(_ ledger: LedgerExtent) {
        progress = progress.mapValues { holder in
            var holder = holder
            holder.settle(ledger)
            return holder
        }
    }

    /// Whether somebody waits for frames to be counted.
    package var isWaiting: Bool { progress.values.contains { $0.open != nil } }

    /// Holders that are new or have changed.
    // text: a holder's name is a UUID.
    package var changed: [String: JournalProgress] { progress.filter { stored[$0.key] != $0.value } }

    /// Holders that are no more.
    package var forgotten: [String] { stored.keys.filter { progress[$0] == nil } }

    /// Many starts one after another, each of which takes over what the earlier ones left, would leave one for each pair
    /// of them. The journal's own process stays: it says how far it came.
    private mutating func forgetReplaced(by holder: String, at now: Timestamp) {
        guard let reach = progress[holder]?.reach else { return }
        let silentSince = now.advanced(by: .zero - JournalProgress.replacedKept)
        progress = progress.filter { name, other in
            name == journal || name == holder || other.reach > reach || other.announcedAt >= silentSince
        }
    }
}
