/// The segment that records are appended to.
struct ActiveSegment: Sendable {
    let file: OpenFile
    let name: SegmentName
    /// What the checksums of its records start from.
    let seed: UInt32
    /// Where the next record goes.
    var size: Int
    /// Whether something was written since it was last synchronised.
    var isDirty: Bool
    /// Set when the disk failed under it: a new segment is begun at the next chance, even within a frame.
    var isSuspect = false
}

/// A segment that is only read any more.
struct ClosedSegment: Equatable, Sendable {
    let name: SegmentName
    let size: Int
    /// The highest frame that has bytes in it; it may be deleted once that is acknowledged.
    let lastFrame: UInt64
}
