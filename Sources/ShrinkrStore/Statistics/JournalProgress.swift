package import ShrinkrCore

/// How far one journal has come, by what it announced and what the ledger holds: the rule behind
/// ``StatsStore/countedThrough(silentSince:abandonedSince:)``, the same for every store.
///
/// Two statements are kept: the open one, which the ledger is catching up with, and the newest one after it. A newer
/// announcement replaces only the latter, so that the open one is reached however fast announcements come.
package struct JournalProgress: Hashable, Sendable {
    /// How long a frame that the journal lost to damage is waited for: a copy of it may be in the queue.
    package static let gapPatience = Duration.seconds(86_400)

    /// What the ledger has to catch up with.
    package private(set) var open: JournalAnnouncement?
    /// The newest announcement after the open one.
    package private(set) var next: JournalAnnouncement?
    /// Everything answered before this instant is counted. The epoch where no statement was ever fulfilled: a journal
    /// that has frames under way says nothing of the time before its first announcement.
    package private(set) var countedThrough: Timestamp
    /// When the journal last announced something.
    package private(set) var announcedAt: Timestamp
    /// Whether its last words were fulfilled, and nothing was announced after them: it holds nobody up.
    package private(set) var isFinished: Bool

    /// A journal that has not announced anything yet.
    package init() {
        self.init(
            open: nil, next: nil, countedThrough: Timestamp(milliseconds: 0), announcedAt: Timestamp(milliseconds: 0),
            isFinished: false)
    }

    /// A journal as a store kept it.
    package init(
        open: JournalAnnouncement?, next: JournalAnnouncement?, countedThrough: Timestamp, announcedAt: Timestamp,
        isFinished: Bool
    ) {
        self.open = open
        self.next = next
        self.countedThrough = countedThrough
        self.announcedAt = announcedAt
        self.isFinished = isFinished
    }

    /// Takes a new announcement; ``settle(ledgerHoldsThrough:)`` is to follow.
    package mutating func announce(_ announcement: JournalAnnouncement, at now: Timestamp) {
        announcedAt = max(announcedAt, now)
        isFinished = false
        if open == nil {
            open = announcement
        } else {
            next = announcement
        }
    }

    /// Whether the journal has a say in how far everything is counted.
    package func takesPart(silentSince: Timestamp, abandonedSince: Timestamp) -> Bool {
        !isFinished && (announcedAt >= silentSince || open != nil && announcedAt >= abandonedSince)
    }

    /// Closes the statements that the ledger has caught up with.
    ///
    /// - Parameter frame: the last of the frames 1, 2, 3 … that the ledger holds without a gap; 0 where it does not hold
    ///   the first.
    package mutating func settle(ledgerHoldsThrough frame: Int64) {
        while let statement = open, statement.frame <= frame {
            countedThrough = max(countedThrough, statement.time)
            isFinished = statement.isLast && next == nil
            open = next
            next = nil
        }
    }
}
