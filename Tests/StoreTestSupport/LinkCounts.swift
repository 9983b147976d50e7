package import ShrinkrCore
package import ShrinkrStore

/// The clicks of one link, counted in buckets of time.
package struct LinkCounts: Hashable, Sendable {
    package var buckets: [TimeBucket: Tally]
    package var values: [DimensionKey: Tally]
    /// Visitors (people) by hour, in hours since 1970-01-01T00:00:00Z. A visitor has one hash on one UTC day.
    package var visitors: [Int64: Set<VisitorHash>]

    package init(
        buckets: [TimeBucket: Tally] = [:], values: [DimensionKey: Tally] = [:],
        visitors: [Int64: Set<VisitorHash>] = [:]
    ) {
        self.buckets = buckets
        self.values = values
        self.visitors = visitors
    }
}

/// One value of one dimension in one bucket.
package struct DimensionKey: Hashable, Sendable {
    package let bucket: TimeBucket
    package let dimension: Dimension
    package let value: String

    package init(bucket: TimeBucket, dimension: Dimension, value: String) {
        self.bucket = bucket
        self.dimension = dimension
        self.value = value
    }

    /// Where clicks go once there are too many values.
    package var other: DimensionKey {
        DimensionKey(bucket: bucket, dimension: dimension, value: StoreLimits.otherValue)
    }
}
