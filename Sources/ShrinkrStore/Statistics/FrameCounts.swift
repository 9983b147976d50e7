package import ShrinkrCore

/// What the clicks of a frame count as, on small numbers: the frames of one message share tables of codes and values, so
/// that no text is compared or hashed for a click.
package struct FrameCounts: Sendable {
    /// The tables that numbers point into.
    package final class Names: Sendable {
        package let codes: [ShortCode]
        package let values: [Value]

        package init(codes: [ShortCode], values: [Value]) {
            self.codes = codes
            self.values = values
        }
    }

    /// A value of a dimension.
    package struct Value: Hashable, Sendable {
        package let dimension: Dimension
        package let text: String

        package init(_ dimension: Dimension, _ text: String) {
            self.dimension = dimension
            self.text = text
        }
    }

    /// Clicks of people, or of bots, on a link in a bucket: all of them, or those with one value. There may be several of a
    /// kind, which add up. Small, since a window of clicks holds millions.
    package struct Entry: Sendable {
        /// The code's place in its table.
        package let link: Int32
        /// The value's place in its table, counted from 1; 0 for all clicks.
        package let value: Int32
        private let bucketIndex: Int32
        private let count: UInt32

        /// - Parameters:
        ///   - bucket: of a time that is believed (`ClickLimits.times`).
        ///   - clicks: at most 2³¹ - 1.
        package init(link: Int32, value: Int32, bucket: TimeBucket, clicks: Int, isBot: Bool) {
            self.link = link
            self.value = value
            bucketIndex = Int32(bucket.index)
            count = UInt32(Int32(clicks)) << 1 | (isBot ? 1 : 0)
        }

        package var bucket: TimeBucket { TimeBucket(index: Int64(bucketIndex)) }
        package var clicks: Int { Int(count >> 1) }
        package var isBot: Bool { count & 1 == 1 }
        package var tally: Tally { isBot ? Tally(bots: clicks) : Tally(people: clicks) }
    }

    /// A person who followed a link in an hour.
    package struct Visit: Sendable {
        /// The code's place in its table.
        package let link: Int32
        private let hourIndex: Int32
        package let visitor: VisitorHash

        /// - Parameter hour: since 1970-01-01T00:00:00Z, of a time that is believed (`ClickLimits.times`).
        package init(link: Int32, hour: Int64, visitor: VisitorHash) {
            self.link = link
            hourIndex = Int32(hour)
            self.visitor = visitor
        }

        /// Since 1970-01-01T00:00:00Z.
        package var hour: Int64 { Int64(hourIndex) }
    }

    package let names: Names
    package var entries: [Entry] = []
    package var visits: [Visit] = []

    package init(_ names: Names) {
        self.names = names
    }
}

extension FrameCounts {
    /// Most pairs of a link in a bucket and a value that are told apart within a message: half a MiB for as long as that
    /// takes.
    private static let maximumCells = 1 << 22

    /// A hash of each counter and each sketch that the frames of one message change: nearly each once, so that windows know
    /// how many rows a transaction will change.
    package static func keys(of frames: [FrameCounts]) -> [UInt32] {
        guard let names = frames.first?.names else { return [] }
        guard frames.allSatisfy({ $0.names === names }) else { return frames.flatMap { Self.keys(of: [$0]) } }
        var hashes = KeyHashes(names)
        // All clicks, then the values, then the sketch of visitors, which is that of the hour.
        let columns = names.values.count + 2
        let buckets = Self.buckets(of: frames)
        let places = buckets.count.multipliedReportingOverflow(by: names.codes.count)
        let isSmall = !places.overflow && places.partialValue <= maximumCells / columns
        var seen = [UInt64](repeating: 0, count: isSmall ? places.partialValue * columns / 64 + 1 : 0)
        func see(_ link: Int32, _ bucket: Int, _ column: Int) {
            if isSmall {
                let cell = ((bucket - buckets.lowerBound) * names.codes.count + Int(link)) * columns + column
                let bit: UInt64 = 1 << UInt64(cell & 63)
                if seen[cell >> 6] & bit != 0 { return }
                seen[cell >> 6] |= bit
            }
            hashes.add(Int(link), bucket, column)
        }
        for frame in frames {
            for entry in frame.entries { see(entry.link, Int(entry.bucket.index), Int(entry.value)) }
            for visit in frame.visits { see(visit.link, Int(visit.hour) * 4, columns - 1) }
        }
        return hashes.all
    }

    /// From the first bucket that occurs to behind the last one.
    private static func buckets(of frames: [FrameCounts]) -> Range<Int> {
        var (first, last) = (Int.max, Int.min)
        for frame in frames {
            for entry in frame.entries {
                first = min(first, Int(entry.bucket.index))
                last = max(last, Int(entry.bucket.index))
            }
            for visit in frame.visits {
                first = min(first, Int(visit.hour) * 4)
                last = max(last, Int(visit.hour) * 4)
            }
        }
        return first <= last ? first..<last + 1 : 0..<0
    }
}

/// Hashes of counters that do not depend on the numbers that a message gives its names. Swift's hashes have a seed of the
/// process, so nobody can choose clicks whose hashes are equal.
private struct KeyHashes {
    private let codes: [UInt64]
    private let columns: [UInt64]
    private(set) var all: [UInt32] = []

    init(_ names: FrameCounts.Names) {
        codes = names.codes.map { UInt64(truncatingIfNeeded: $0.hashValue) }
        columns = [1] + names.values.map { UInt64(truncatingIfNeeded: $0.hashValue) } + [2]
    }

    mutating func add(_ link: Int, _ bucket: Int, _ column: Int) {
        // An odd factor each, so that equal parts do not cancel out; the upper half depends on all bits.
        let place = codes[link] ^ UInt64(truncatingIfNeeded: bucket) &* 0x9e37_79b9_7f4a_7c15
        let mixed = (place ^ place >> 32) &* 0xbf58_476d_1ce4_e5b9 ^ columns[column]
        all.append(UInt32(truncatingIfNeeded: ((mixed ^ mixed >> 29) &* 0x94d0_49bb_1331_11eb) >> 32))
    }
}
