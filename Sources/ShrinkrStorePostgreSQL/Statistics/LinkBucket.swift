#if PostgreSQL
import ShrinkrCore
import ShrinkrStore

/// A link in one bucket of time: a row of `clicks_by_bucket`.
struct LinkBucket: Hashable, Sendable {
    let bucket: TimeBucket
    let code: ShortCode
}

/// What is added to a link in one bucket. In the order of the table, by bucket and code, in which rows are locked
/// (``MergedCounts``).
struct LinkPlace: Sendable {
    let id: LinkBucket
    let tally: Tally
    /// The values of each dimension that has some.
    let groups: [ArraySlice<MergedCounts.Value>]

    init(_ place: MergedCounts.Place, of counts: MergedCounts) {
        id = LinkBucket(bucket: place.bucket, code: counts.codes[place.link])
        tally = place.tally
        var rest = counts.values[place.values]
        var groups: [ArraySlice<MergedCounts.Value>] = []
        while let dimension = rest.first?.dimension {
            groups.append(rest.prefix { $0.dimension == dimension })
            rest = rest.dropFirst(groups.last?.count ?? 0)
        }
        self.groups = groups
    }

    /// How many values of one dimension come to it at most, as far as `clicks_by_bucket` counts them.
    var mostValues: Int { min(groups.lazy.map(\.count).max() ?? 0, 1_000) }
}
#endif
