/// How many records the partial frames of a journal hold, by frame number.
///
/// They are in a file (``PartialFile``) before the segments that they lie in are deleted. A start makes at most one, and
/// damage the others. Beyond ``maximumFrames`` the earliest ones are let go of.
struct PartialFrames: Equatable, Sendable {
    /// Most frames that are kept.
    static let maximumFrames = 1_000

    private(set) var records: [UInt64: Int] = [:]

    /// - Parameter count: nil for a frame that turned out not to be partial.
    mutating func note(_ frame: UInt64, records count: Int?) {
        records[frame] = count
        guard records.count > Self.maximumFrames, let first = records.keys.min() else { return }
        records[first] = nil
    }
}
