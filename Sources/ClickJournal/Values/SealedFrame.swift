/// A frame whose content can no longer change: ready to be sent, as often as needed, under its number.
package struct SealedFrame: Sendable, Equatable {
    /// The journal that the frame belongs to.
    package let journal: JournalIdentity
    /// The frame's number in its journal, from 1. Numbers rise, but damage or a crash may leave gaps.
    package let number: UInt64
    /// The records in the order they were appended; slices of one buffer.
    package let records: [ArraySlice<UInt8>]
    /// Unix time in milliseconds of the first append (for frames found without a seal, an estimate).
    package let openedAt: Int64
    /// Unix time in milliseconds at which the frame was sealed (for frames found without a seal, an estimate).
    package let sealedAt: Int64
    /// Whether these may be the first records of a longer frame: the process that began it did not end it, so that
    /// another copy of the files may hold more of it under the same number.
    package let isPartial: Bool

    /// Makes a frame by hand, for tests of code that publishes frames.
    package init(
        journal: JournalIdentity, number: UInt64, records: [ArraySlice<UInt8>], openedAt: Int64, sealedAt: Int64,
        isPartial: Bool = false
    ) {
        self.journal = journal
        self.isPartial = isPartial
        self.number = number
        self.records = records
        self.openedAt = openedAt
        self.sealedAt = sealedAt
    }
}
