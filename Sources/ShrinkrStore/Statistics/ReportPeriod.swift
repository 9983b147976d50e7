/// An hour or a day in UTC.
package struct ReportPeriod: Hashable, Sendable {
    package enum Kind: Int, Hashable, Sendable {
        case hourly = 1
        case daily = 2
    }

    package let kind: Kind
    /// Hours or days since 1970-01-01T00:00:00Z.
    package let index: Int64

    package init(kind: Kind, index: Int64) {
        self.kind = kind
        self.index = index
    }

    /// The buckets that the period is made of.
    package var buckets: Range<TimeBucket> {
        let perPeriod: Int64 = kind == .hourly ? 4 : 96
        return TimeBucket(index: index * perPeriod)..<TimeBucket(index: (index + 1) * perPeriod)
    }
}
