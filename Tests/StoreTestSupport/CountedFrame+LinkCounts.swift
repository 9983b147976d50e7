package import ShrinkrCore
package import ShrinkrStore

extension CountedFrame {
    /// A frame of which the counts of each link are known.
    package init(
        id: FrameID, counts: [ShortCode: LinkCounts], clicks: Int, isPartial: Bool = false,
        countsBehind: @escaping @Sendable (Int) -> [ShortCode: LinkCounts]
    ) {
        self.init(
            id: id, content: FrameCounts(counts), clicks: clicks, isPartial: isPartial,
            contentBehind: { FrameCounts(countsBehind($0)) })
    }

    /// The counts of each link in the frame.
    package var counts: [ShortCode: LinkCounts] {
        get { MergedCounts([self]).links }
        set { self = CountedFrame(id: id, counts: newValue, clicks: clicks, isPartial: isPartial) { _ in [:] } }
    }
}

extension FrameCounts {
    fileprivate init(_ counts: [ShortCode: LinkCounts]) {
        var (codes, values): ([ShortCode], [Value]) = ([], [])
        var (entries, visits): ([Entry], [Visit]) = ([], [])
        for (code, link) in counts {
            let number = Int32(codes.count)
            codes.append(code)
            entries += link.buckets.map { Entry(link: number, value: 0, bucket: $0.key, tally: $0.value) }
            for (key, tally) in link.values {
                values.append(Value(key.dimension, key.value))
                entries.append(Entry(link: number, value: Int32(values.count), bucket: key.bucket, tally: tally))
            }
            for (hour, visitors) in link.visitors {
                visits += visitors.map { Visit(link: number, hour: hour, visitor: $0) }
            }
        }
        self.init(Names(codes: codes, values: values))
        self.entries = entries
        self.visits = visits
    }
}

extension LinkCounts {
    /// Adds `other`'s counts to these.
    package mutating func merge(_ other: LinkCounts) {
        buckets.merge(other.buckets, uniquingKeysWith: +)
        values.merge(other.values, uniquingKeysWith: +)
        visitors.merge(other.visitors) { $0.union($1) }
    }
}
