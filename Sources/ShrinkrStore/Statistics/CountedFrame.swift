package import ShrinkrBase
package import ShrinkrCore

/// One frame as the worker counted it: what the store adds, if the frame is new.
package struct CountedFrame: Sendable {
    package let id: FrameID
    /// What its clicks count as.
    package private(set) var content: FrameCounts
    /// Number of clicks in the frame, which `content` adds up to.
    package private(set) var clicks: Int
    /// See `ClickFrame.isPartial`.
    package let isPartial: Bool
    private let contentBehind: @Sendable (Int) -> FrameCounts

    /// - Parameter contentBehind: counts the clicks of the frame behind the first so many. It is called only where a
    ///   shorter version of the frame was counted before.
    package init(
        id: FrameID, content: FrameCounts, clicks: Int, isPartial: Bool = false,
        contentBehind: @escaping @Sendable (Int) -> FrameCounts
    ) {
        self.id = id
        self.content = content
        self.clicks = clicks
        self.isPartial = isPartial
        self.contentBehind = contentBehind
    }

    /// What is left to count where the first clicks are counted already.
    package func behind(_ known: Int) -> CountedFrame {
        guard known > 0 else { return self }
        var rest = self
        rest.content = contentBehind(known)
        rest.clicks = clicks - known
        return rest
    }
}

/// Clicks of people and of bots.
package struct Tally: Hashable, Sendable {
    package var people: Int
    package var bots: Int

    package init(people: Int = 0, bots: Int = 0) {
        self.people = people
        self.bots = bots
    }

    package var clicks: Int { people + bots }

    package static func + (left: Tally, right: Tally) -> Tally {
        Tally(people: left.people + right.people, bots: left.bots + right.bots)
    }
}

/// A quarter of an hour in UTC. Every offset of every time zone in use is a multiple of it, so its counts add up to
/// hours and days of any zone (IANA time zone database, `zone1970.tab`).
package struct TimeBucket: Hashable, Comparable, Sendable {
    /// Length in seconds.
    package static let seconds: Int64 = 900

    /// Quarters of an hour since 1970-01-01T00:00:00Z.
    package let index: Int64

    package init(index: Int64) {
        self.index = index
    }

    /// The bucket that holds `time`.
    package init(containing time: Timestamp) {
        let quotient = time.seconds / Self.seconds
        index = time.seconds % Self.seconds < 0 ? quotient - 1 : quotient
    }

    package var start: Timestamp { Timestamp(seconds: index * Self.seconds) }

    package static func < (left: TimeBucket, right: TimeBucket) -> Bool { left.index < right.index }
}

/// What clicks are broken down by.
package enum Dimension: Int, CaseIterable, Hashable, Sendable {
    case referrer = 1
    case browser, os, device, country, language
}

/// What became of the clicks of some frames.
package struct FrameTally: Hashable, Sendable {
    /// Clicks that were added to a link's counts.
    package private(set) var counted = 0
    /// Clicks whose code is no link.
    package private(set) var orphaned = 0

    package init() {}

    package mutating func add(_ other: FrameTally) {
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
            var tally = FrameTally()
            let isOrphan = orphans.isEmpty ? [] : frame.content.names.codes.map(orphans.contains)
            for entry in frame.content.entries where entry.value == 0 {
                if !isOrphan.isEmpty, isOrphan[Int(entry.link)] {
                    tally.orphaned += entry.clicks
                } else {
                    tally.counted += entry.clicks
                }
            }
            tallies[frame.id.journal, default: FrameTally()].add(tally)
        }
        return tallies
    }
}
