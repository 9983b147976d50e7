package import ClickJournal
package import ShrinkrStore

extension JournalStatus {
    /// What the journal announces of itself.
    ///
    /// - Parameter answered: redirects answered since the journal was made.
    package func account(answered: Int) -> JournalAccount {
        JournalAccount(
            answered: answered, recorded: Int(recordedTotal), lost: Int(totals.lost), dropped: Int(totals.dropped),
            published: Int(totals.acknowledged), publishedThrough: Int64(acknowledgedFrame),
            gaps: gaps.map { Int64($0.lowerBound)...Int64($0.upperBound) }, isComplete: totals.areComplete)
    }

    /// The frames that hold all clicks recorded so far. Those of the open frame will be in the next one; sealing for this
    /// alone would make many small frames.
    package var extent: JournalExtent {
        let frame = openFrameRecords > 0 ? lastSealedFrame + 1 : lastSealedFrame
        let partial = partialFrames.map { (Int64($0.key), $0.value) }
        return JournalExtent(
            journal: identity.description, frame: Int64(frame), partialFrames: Dictionary(uniqueKeysWithValues: partial)
        )
    }

    /// Redirects whose clicks the journal took in, or had to drop: all that an earlier process answered, as far as its
    /// files know.
    package var answeredTotal: Int { Int(recordedTotal + totals.dropped) }
}
