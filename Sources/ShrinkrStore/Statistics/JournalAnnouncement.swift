package import ShrinkrCore

/// A journal's statement: every click answered before `time` is in a frame up to `frame`.
///
/// The store keeps one open statement per journal until the ledger holds all frames up to it; then everything before
/// `time` is counted, and the next statement takes its place. So the time up to which numbers are complete moves on
/// however many frames are under way.
package struct JournalAnnouncement: Hashable, Sendable {
    /// Most ranges that the store takes from ``skipped``: what one transaction enters.
    package static let maximumSkipped = 1_000

    package let journal: String
    package let frame: Int64
    package let time: Timestamp
    /// Whether the journal's process is going away with nothing left to send.
    package let isLast: Bool
    /// Frames up to `frame` that do not exist: damaged on disk and never to be sent. The ledger holds them from then on
    /// as if they were counted, and they count nothing should they come after all.
    ///
    /// At most ``maximumSkipped`` ranges: further ones are ignored, so a journal that has more puts them into its next
    /// announcements. It does no harm to name a range again.
    package internal(set) var skipped: [ClosedRange<Int64>]

    package init(
        journal: String, frame: Int64, time: Timestamp, isLast: Bool = false, skipped: [ClosedRange<Int64>] = []
    ) {
        self.journal = journal
        self.frame = frame
        self.time = time
        self.isLast = isLast
        self.skipped = skipped
    }

    /// What the store enters into the ledger: no more ranges than allowed, and nothing but frames from 1 to `frame`, so
    /// that no frame that is yet to come can be lost.
    package var skippedFrames: [ClosedRange<Int64>] {
        guard frame >= 1 else { return [] }
        let possible = 1...frame
        return skipped.prefix(Self.maximumSkipped).filter(possible.overlaps).map { $0.clamped(to: possible) }
    }
}
