package import ShrinkrCore

/// A journal's statement: every click answered before `time` is in a frame up to `frame`.
///
/// The store keeps one open statement per journal until the ledger holds all frames up to it; then everything before
/// `time` is counted, and the next statement takes its place. So the time up to which numbers are complete moves on
/// however many frames are under way.
package struct JournalAnnouncement: Hashable, Sendable {
    package let journal: String
    package let frame: Int64
    package let time: Timestamp
    /// Whether the journal's process is going away with nothing left to send.
    package let isLast: Bool
    /// What the journal says of itself at the same moment.
    package let account: JournalAccount?

    package init(
        journal: String, frame: Int64, time: Timestamp, isLast: Bool = false, account: JournalAccount? = nil
    ) {
        self.journal = journal
        self.frame = frame
        self.time = time
        self.isLast = isLast
        self.account = account
    }
}
