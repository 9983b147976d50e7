package import ShrinkrCore

/// The counts of several frames as one: what a store adds for all of them at once.
package struct MergedCounts: Sendable {
    package private(set) var links: [ShortCode: LinkCounts] = [:]

    /// Adds up the counts of the frames, with every value cut to ``StoreLimits/valueBytes``.
    package init(_ frames: some Sequence<CountedFrame>) {
        for frame in frames {
            for (code, counts) in frame.counts {
                links[code, default: LinkCounts()].merge(counts.withBoundedValues)
            }
        }
    }
}

extension LinkCounts {
    /// Clicks of the link, people and bots.
    package var clicks: Int { buckets.values.reduce(0) { $0 + $1.clicks } }

    /// The hours and days that these counts belong to.
    package var periods: Set<ReportPeriod> {
        var hours = Set(buckets.keys.map(\.hour))
        hours.formUnion(values.keys.map(\.bucket.hour))
        hours.formUnion(visitors.keys)
        let days = Set(hours.map { $0.floored(by: 24) })
        return Set(hours.map { ReportPeriod(kind: .hourly, index: $0) })
            .union(days.map { ReportPeriod(kind: .daily, index: $0) })
    }

    /// These counts with values that fit; values that are equal once cut are one.
    fileprivate var withBoundedValues: LinkCounts {
        guard values.keys.contains(where: { $0.value.utf8.count > StoreLimits.valueBytes }) else { return self }
        var bounded = self
        bounded.values = Dictionary(values.map { ($0.bounded, $1) }, uniquingKeysWith: +)
        return bounded
    }
}

extension DimensionKey {
    /// Where clicks go once there are too many values.
    package var other: DimensionKey {
        DimensionKey(bucket: bucket, dimension: dimension, value: StoreLimits.otherValue)
    }

    /// The key with a value of at most ``StoreLimits/valueBytes``, cut between scalars.
    fileprivate var bounded: DimensionKey {
        guard value.utf8.count > StoreLimits.valueBytes else { return self }
        var end = value.unicodeScalars.startIndex
        var room = StoreLimits.valueBytes
        while end < value.unicodeScalars.endIndex {
            room -= UTF8.width(value.unicodeScalars[end])
            guard room >= 0 else { break }
            end = value.unicodeScalars.index(after: end)
        }
        return DimensionKey(bucket: bucket, dimension: dimension, value: String(value[..<end]))
    }
}

extension TimeBucket {
    /// Hours since 1970-01-01T00:00:00Z.
    package var hour: Int64 { index.floored(by: 4) }
}

extension Range<TimeBucket> {
    /// The UTC days, since 1970-01-01, that the range touches; nil where it is empty.
    package var days: ClosedRange<Int64>? {
        guard !isEmpty else { return nil }
        return lowerBound.hour.floored(by: 24)...TimeBucket(index: upperBound.index - 1).hour.floored(by: 24)
    }
}

extension Int64 {
    /// Division that rounds towards negative infinity.
    package func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
