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

    /// Redirects whose clicks the journal took in, or had to drop: all that were answered before the process started.
    package var answeredTotal: Int { Int(recordedTotal + totals.dropped) }
}
