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
    /// Most pairs of a link in a bucket and a value that are told apart to count them: half a MiB for as long as that takes.
    private static let cells = 1 << 22

    /// How many counters and sketches are changed at most by the frames of one message.
    package static func keys(of frames: [FrameCounts]) -> Int {
        let most = frames.reduce(0) { $0 + $1.entries.count + $1.visits.count }
        guard let names = frames.first?.names, frames.allSatisfy({ $0.names === names }) else { return most }
        var (first, last) = (Int.max, Int.min)
        func include(_ bucket: Int) {
            first = min(first, bucket)
            last = max(last, bucket)
        }
        for frame in frames {
            for entry in frame.entries { include(Int(entry.bucket.index)) }
            for visit in frame.visits { include(Int(visit.hour) * 4) }
        }
        guard first <= last else { return 0 }
        // All clicks, then the values, then the sketch of visitors, which is that of the hour.
        let perPlace = names.values.count + 2
        let places = (last - first + 1).multipliedReportingOverflow(by: names.codes.count)
        guard !places.overflow, places.partialValue <= cells / perPlace else { return most }
        var seen = [UInt64](repeating: 0, count: places.partialValue * perPlace / 64 + 1)
        var count = 0
        func see(_ link: Int32, _ bucket: Int, _ column: Int) {
            let cell = ((bucket - first) * names.codes.count + Int(link)) * perPlace + column
            let bit: UInt64 = 1 << UInt64(cell & 63)
            if seen[cell >> 6] & bit == 0 {
                seen[cell >> 6] |= bit
                count += 1
            }
        }
        for frame in frames {
            for entry in frame.entries { see(entry.link, Int(entry.bucket.index), Int(entry.value)) }
            for visit in frame.visits { see(visit.link, Int(visit.hour) * 4, perPlace - 1) }
        }
        return count
    }
}
