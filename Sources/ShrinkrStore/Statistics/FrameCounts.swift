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

    /// Clicks of a link in a bucket: all of them, or those with one value. There may be several of a kind, which add up.
    package struct Entry: Sendable {
        /// The code's place in its table.
        package let link: Int32
        /// The value's place in its table, counted from 1; 0 for all clicks.
        package let value: Int32
        package let bucket: TimeBucket
        package let tally: Tally

        package init(link: Int32, value: Int32, bucket: TimeBucket, tally: Tally) {
            self.link = link
            self.value = value
            self.bucket = bucket
            self.tally = tally
        }
    }

    /// A person who followed a link in an hour.
    package struct Visit: Sendable {
        /// The code's place in its table.
        package let link: Int32
        /// Since 1970-01-01T00:00:00Z.
        package let hour: Int64
        package let visitor: VisitorHash

        package init(link: Int32, hour: Int64, visitor: VisitorHash) {
            self.link = link
            self.hour = hour
            self.visitor = visitor
        }
    }

    package let names: Names
    package var entries: [Entry] = []
    package var visits: [Visit] = []

    package init(_ names: Names) {
        self.names = names
    }

    /// How many counters and sketches are changed at most.
    package var keys: Int { entries.count + visits.count }
}
