package import ShrinkrCore

/// What became of the clicks of some frames.
package struct FrameTally: Hashable, Sendable {
    /// Clicks that were added to a link's counts.
    package private(set) var counted = 0
    /// Clicks whose code is no link.
    package private(set) var orphaned = 0

    mutating func add(_ other: FrameTally) {
        counted += other.counted
        orphaned += other.orphaned
    }

    /// Adds up frames by their journal.
    ///
    /// - Parameter orphans: the codes that are no link.
    // text: a journal's name is a UUID.
    package static func byJournal(_ frames: [CountedFrame], orphans: Set<ShortCode>) -> [String: FrameTally] {
        var tallies: [String: FrameTally] = [:]  // text: as above.
        for frame in frames {
            let orphaned = frame.counts.reduce(0) { $0 + (orphans.contains($1.key) ? $1.value.clicks : 0) }
            tallies[frame.id.journal, default: FrameTally()].orphaned += orphaned
            tallies[frame.id.journal, default: FrameTally()].counted +=
                frame.counts.values.reduce(0) { $0 + $1.clicks } - orphaned
        }
        return tallies
    }
}
