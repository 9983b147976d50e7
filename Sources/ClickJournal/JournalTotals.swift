/// What a journal has taken in and let go of since it was made. Unlike the rest of ``JournalStatus`` the totals outlive
/// the process: they are kept beside the acknowledgement, in the same write.
///
/// Recorded records are the acknowledged ones, the lost ones, and those that wait in the journal.
package struct JournalTotals: Sendable, Hashable {
    /// Records acknowledged: they are safe elsewhere.
    package var acknowledged: UInt64
    /// Records that damage took before they were acknowledged.
    package var lost: UInt64
    /// Records dropped. Drops of the last moments before a crash are not known.
    package var dropped: UInt64
    /// Whether nothing is missing from the totals: false once both copies of an acknowledgement were lost.
    package var areComplete: Bool

    /// Totals of a new journal, or of any other.
    package init(acknowledged: UInt64 = 0, lost: UInt64 = 0, dropped: UInt64 = 0, areComplete: Bool = true) {
        self.acknowledged = acknowledged
        self.lost = lost
        self.dropped = dropped
        self.areComplete = areComplete
    }

    mutating func add(_ other: JournalTotals) {
        acknowledged += other.acknowledged
        lost += other.lost
        dropped += other.dropped
        areComplete = areComplete && other.areComplete
    }
}
