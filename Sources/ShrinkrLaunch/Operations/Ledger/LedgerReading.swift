package import ShrinkrBase
package import ShrinkrStore

/// What is known of one journal, as ``LedgerReport`` needs it.
package struct LedgerReading: Sendable, Hashable {
    package let journal: String
    /// What the journal says of itself.
    package let account: JournalAccount?
    package let announcedAt: Timestamp?
    /// What was counted, read no later than the account was true.
    package let counted: Int
    package let orphaned: Int
    package let missingFrames: FrameRanges
    /// Whether the account is of no earlier moment than the counts: then these cannot be more.
    package let isExact: Bool

    /// Whether the journal ever said anything.
    package var isAnnounced: Bool { account != nil }

    /// - Parameters:
    ///   - before: the journal's ledger as it was read first, if it was known then.
    ///   - after: as it was read after that.
    ///   - held: the frames that are counted, as they were read last, after the queue.
    ///   - isExact: whether `after`'s account is of a later moment than `before`'s counts.
    package init(before: JournalLedger?, after: JournalLedger, held: [ClosedRange<Int64>], isExact: Bool) {
        var after = after
        after.held = held
        journal = after.journal
        account = after.account
        announcedAt = after.announcedAt
        counted = before?.counted ?? 0
        orphaned = before?.orphaned ?? 0
        missingFrames = after.missing
        self.isExact = isExact && (after.account?.isComplete ?? false)
    }
}

/// What is known of the click queue and its dead-letter queue.
package struct QueueReading: Sendable, Hashable {
    /// Messages that wait to be received, or are not due yet.
    package var waiting: Int
    /// Messages that a worker has in hand.
    package var inFlight: Int
    /// Messages in the dead-letter queue.
    package var dead: Int
    /// Those of them that are no click frames.
    package var unreadableDeadLetters = 0
    /// Whether there are more dead letters than were looked at.
    package var areDeadLettersCut = false

    package init(waiting: Int, inFlight: Int, dead: Int = 0) {
        self.waiting = waiting
        self.inFlight = inFlight
        self.dead = dead
    }

    /// All of them.
    package var messages: Int { waiting + inFlight + dead }
}
