/// The bound of the numbers in the journal's files: frames, segments, counters, totals and times lie below it.
///
/// Nothing gets there by counting. So a larger number is damage, whatever its checksum says, and later arithmetic cannot
/// overflow, sums of a few of them included.
enum NumberLimit {
    static let value: UInt64 = 1 << 60
    /// The same for the records of one frame.
    static let recordsOfFrame: UInt64 = 1 << 32
}
