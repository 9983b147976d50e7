package import ShrinkrBase

/// Both sides of the ledger for one journal, or for all that are folded into one: what it said of itself, and what was counted of its frames.
package struct JournalLedger: Hashable, Sendable {
    package let journal: String
    /// The journal's last words; nil where it never said anything.
    package var account: JournalAccount?
    /// When it said that.
    package var announcedAt: Timestamp?
    /// Whether it said that nothing more would come.
    package var isFinal: Bool
    /// Clicks of its frames that were added to a link's counts.
    package var counted: Int
    /// Clicks of its frames whose code is no link.
    package var orphaned: Int
    /// Frames that are counted, as ranges in order.
    package var held: [ClosedRange<Int64>]

    /// Frames up to the last published one that are neither counted nor gaps: they are in the queue, or dead.
    package var missing: FrameRanges {
        FrameRanges(missingFrom: held + (account?.gaps ?? []), through: account?.publishedThrough ?? 0)
    }

    /// What the sum of the folded journals is named.
    package static let folded = "finished"

    package init(
        journal: String, account: JournalAccount?, announcedAt: Timestamp?, isFinal: Bool = false, counted: Int,
        orphaned: Int, held: [ClosedRange<Int64>]
    ) {
        self.isFinal = isFinal
        self.journal = journal
        self.account = account
        self.announcedAt = announcedAt
        self.counted = counted
        self.orphaned = orphaned
        self.held = held
    }

    /// Whether a frame is counted.
    package func holds(_ number: Int64) -> Bool { held.contains { $0.contains(number) } }
}

/// Frame numbers as ranges, in order.
package struct FrameRanges: Hashable, Sendable {
    package private(set) var ranges: [ClosedRange<Int64>] = []

    /// How many frames they are.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The frames 1 to `last` that are in none of `held`, which may overlap and come in any order.
    package init(missingFrom held: [ClosedRange<Int64>], through last: Int64) {
        var next: Int64 = 1
        for range in held.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound >= next {
            guard range.lowerBound <= last else { break }
            if range.lowerBound > next { ranges.append(next...(range.lowerBound - 1)) }
            guard range.upperBound < last else { return }
            next = range.upperBound + 1
        }
        if next <= last { ranges.append(next...last) }
    }
}
