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
            for (bucket, tally) in link.buckets { entries += Entry.both(number, 0, bucket, tally) }
            for (key, tally) in link.values {
                values.append(Value(key.dimension, key.value))
                entries += Entry.both(number, Int32(values.count), key.bucket, tally)
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

extension FrameCounts.Entry {
    /// Clicks of people and of bots.
    fileprivate static func both(_ link: Int32, _ value: Int32, _ bucket: TimeBucket, _ tally: Tally) -> [Self] {
        [(tally.people, false), (tally.bots, true)].map { clicks, isBot in
            Self(link: link, value: value, bucket: bucket, clicks: clicks, isBot: isBot)
        }
    }
}

extension MergedCounts {
    /// The counts of each link that has some.
    package var links: [ShortCode: LinkCounts] {
        var links: [ShortCode: LinkCounts] = [:]
        for place in places {
            var counts = LinkCounts()
            if place.tally.clicks > 0 { counts.buckets[place.bucket] = place.tally }
            for value in values[place.values] {
                let key = DimensionKey(bucket: place.bucket, dimension: value.dimension, value: value.text)
                counts.values[key] = value.tally
            }
            links[codes[place.link], default: LinkCounts()].merge(counts)
        }
        for visits in visitors {
            links[visits.code, default: LinkCounts()].visitors[visits.hour] = Set(visits.visitors)
        }
        return links
    }
}

extension LinkCounts {
    /// The hours and days that these counts belong to.
    package var periods: Set<ReportPeriod> {
        var hours = Set(buckets.keys.map(\.hour))
        hours.formUnion(values.keys.map(\.bucket.hour))
        hours.formUnion(visitors.keys)
        let days = Set(hours.map { $0.floored(by: 24) })
        return Set(hours.map { ReportPeriod(kind: .hourly, index: $0) })
            .union(days.map { ReportPeriod(kind: .daily, index: $0) })
    }

    /// Adds `other`'s counts to these.
    package mutating func merge(_ other: LinkCounts) {
        buckets.merge(other.buckets, uniquingKeysWith: +)
        values.merge(other.values, uniquingKeysWith: +)
        visitors.merge(other.visitors) { $0.union($1) }
    }
}
