package import ShrinkrBase

/// How far one journal has come as one holder of its files has it, by what that holder announced and what the ledger holds:
/// the rule behind ``StatsStore/countedThrough(silentSince:abandonedSince:replacedSince:)``, the same for every store.
///
/// Two statements are kept: the open one, which the ledger is catching up with, and the newest one after it. A newer
/// announcement replaces only the latter, so that the open one is reached however fast announcements come.
package struct JournalProgress: Hashable, Sendable {
    /// How long a frame that the journal lost to damage is waited for: a copy of it may be in the queue.
    package static let gapPatience = Duration.seconds(86_400)
    /// How long a store remembers a holder whose word another one's has replaced: longer than the clocks of two machines
    /// are apart. Whoever speaks again after that is known again.
    package static let replacedKept = Duration.seconds(60)

    /// What the ledger has to catch up with.
    package private(set) var open: JournalAnnouncement?
    /// The newest announcement after the open one.
    package private(set) var next: JournalAnnouncement?
    /// Everything answered before this instant is counted. The epoch where no statement was ever fulfilled: a journal
    /// that has frames under way says nothing of the time before its first announcement.
    package private(set) var countedThrough: Timestamp
    /// When the journal last announced something.
    package private(set) var announcedAt: Timestamp
    /// The highest frame that was ever announced.
    package private(set) var reach: Int64
    /// Whether its last words were fulfilled, and nothing was announced after them: it holds nobody up.
    package private(set) var isFinished: Bool

    /// A journal that has not announced anything yet.
    package init() {
        self.init(
            open: nil, next: nil, countedThrough: Timestamp(milliseconds: 0), announcedAt: Timestamp(milliseconds: 0),
            reach: 0, isFinished: false)
    }

    /// A journal that another process speaks for from now on.
    ///
    /// - Parameter countedThrough: how far the journal's own process had come: everything that it answered before is
    ///   counted, in whatever copy of its files it is.
    package init(countedThrough: Timestamp) {
        self.init(
            open: nil, next: nil, countedThrough: countedThrough, announcedAt: Timestamp(milliseconds: 0), reach: 0,
            isFinished: false)
    }

    /// A journal as a store kept it.
    package init(
        open: JournalAnnouncement?, next: JournalAnnouncement?, countedThrough: Timestamp, announcedAt: Timestamp,
        reach: Int64, isFinished: Bool
    ) {
        self.reach = reach
        self.open = open
        self.next = next
        self.countedThrough = countedThrough
        self.announcedAt = announcedAt
        self.isFinished = isFinished
    }

    /// Takes a new announcement; ``settle(_:)`` is to follow.
    package mutating func announce(_ announcement: JournalAnnouncement, at now: Timestamp) {
        announcedAt = max(announcedAt, now)
        reach = max(reach, announcement.frame)
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

    /// Whether another holder's word is as good: this one has fallen silent, and the other has all that it ever
    /// announced. A holder that never announced a frame needs nobody for that.
    package func isReplaced(by others: some Sequence<JournalProgress>, since: Timestamp) -> Bool {
        guard announcedAt < since else { return false }
        return reach == 0 || others.contains { $0.reach >= reach && $0.announcedAt > announcedAt }
    }

    /// Closes the statements that the ledger has caught up with.
    package mutating func settle(_ ledger: LedgerExtent) {
        while let statement = open, ledger.covers(statement.extent) {
            countedThrough = max(countedThrough, statement.time)
            isFinished = statement.isLast && next == nil
            open = next
            next = nil
        }
    }
}
