/// A frame whose content can no longer change: ready to be sent, as often as needed, under its number.
package struct SealedFrame: Sendable, Equatable {
    /// The frame's number in its journal, from 1. Numbers rise, but damage or a crash may leave gaps.
    package let number: UInt64
    /// The records in the order they were appended; slices of one buffer.
    package let records: [ArraySlice<UInt8>]
    /// Unix time in milliseconds of the first append (for frames found without a seal, an estimate).
    package let openedAt: Int64
    /// Unix time in milliseconds at which the frame was sealed (for frames found without a seal, an estimate).
    package let sealedAt: Int64

    /// Makes a frame by hand, for tests of code that publishes frames.
    package init(number: UInt64, records: [ArraySlice<UInt8>], openedAt: Int64, sealedAt: Int64) {
        self.number = number
        self.records = records
        self.openedAt = openedAt
        self.sealedAt = sealedAt
    }
}
