package import ShrinkrBase

/// What one journal says it took in and sent since it was made: the API's side of the ledger, of which ``JournalLedger``
/// is the whole.
///
/// Several holders of copies may speak for one journal. Their accounts are merged: the largest numbers count.
package struct JournalAccount: Hashable, Sendable {
    /// Redirects answered: those of the process that runs now, and before it what the journal knows.
    package var answered: Int
    /// Clicks that the journal took in.
    package var recorded: Int
    /// Recorded clicks that damage on the disk took before they were sent.
    package var lost: Int
    /// Clicks of answered redirects that the journal could not take in.
    package var dropped: Int
    /// Clicks in frames that the queue has accepted.
    package var published: Int
    /// The frame through which the queue has accepted everything; 0 before the first.
    package var publishedThrough: Int64
    /// Frames that will never be sent, because damage emptied them or made the numbering skip.
    package var gaps: [ClosedRange<Int64>]
    /// Whether nothing is missing from these numbers, because the journal lost its own.
    package var isComplete: Bool

    /// The account that the holders of copies have between them.
    ///
    /// - Parameter isFinal: whether nothing will be added to the other one. If it has as much as this one, it knows which of
    ///   the redirects that were just being answered came to something.
    package func merged(with other: JournalAccount, isFinal: Bool) -> JournalAccount {
        JournalAccount(
            answered: isFinal && other.recorded >= recorded ? other.answered : max(answered, other.answered),
            recorded: max(recorded, other.recorded),
            lost: max(lost, other.lost), dropped: max(dropped, other.dropped),
            published: max(published, other.published),
            publishedThrough: max(publishedThrough, other.publishedThrough), gaps: gaps + other.gaps,
            isComplete: isComplete && other.isComplete)
    }

    /// Whether nothing ever happened.
    package var isEmpty: Bool { answered == 0 && recorded == 0 && dropped == 0 }

    package init(
        answered: Int, recorded: Int, lost: Int = 0, dropped: Int = 0, published: Int, publishedThrough: Int64,
        gaps: [ClosedRange<Int64>] = [], isComplete: Bool = true
    ) {
        self.answered = answered
        self.recorded = recorded
        self.lost = lost
        self.dropped = dropped
        self.published = published
        self.publishedThrough = publishedThrough
        self.gaps = gaps
        self.isComplete = isComplete
    }
}

/// What is kept of a journal's account: the words of its holders, merged.
package struct AnnouncedAccount: Hashable, Sendable {
    package private(set) var account: JournalAccount
    /// When that was said: by the journal's own process, or by a holder that has as much of it.
    package private(set) var announcedAt: Timestamp
    /// Whether it was said that nothing more would come.
    package private(set) var isFinal: Bool

    package init(_ account: JournalAccount, announcedAt: Timestamp, isFinal: Bool) {
        (self.account, self.announcedAt, self.isFinal) = (account, announcedAt, isFinal)
    }

    /// Takes what a holder says with an announcement.
    package mutating func merge(_ said: JournalAccount, _ announcement: JournalAnnouncement, at now: Timestamp) {
        if announcement.isOwn || said.recorded >= account.recorded {
            (announcedAt, isFinal) = (now, announcement.isLast)
        }
        account = account.merged(with: said, isFinal: announcement.isLast)
    }
}
