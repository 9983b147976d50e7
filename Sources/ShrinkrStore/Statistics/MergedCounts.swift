package import ShrinkrCore

/// The counts of several frames as one: what a store adds for all of them at once.
package struct MergedCounts: Sendable {
    package private(set) var links: [ShortCode: LinkCounts] = [:]

    /// Adds up the counts of the frames, with every value cut to ``StoreLimits/valueBytes``.
    package init(_ frames: some Sequence<CountedFrame>) {
        var counter = WindowCounter()
        for frame in frames { counter.add(frame.content) }
        links = counter.links
    }
}

/// Adds up counts on small numbers of its own, so that texts are hashed once for each message, and not for each click.
private struct WindowCounter {
    private struct Key: Hashable {
        let link: Int32
        /// Counted from 1; 0 for all clicks.
        let value: Int32
        let bucket: TimeBucket
    }

    private struct LinkHour: Hashable {
        let link: Int32
        let hour: Int64
    }

    private var codes: NumberedTable<ShortCode> = .init()
    private var values: NumberedTable<FrameCounts.Value> = .init()
    private var tallies: [Key: Tally] = [:]
    private var visitors: [LinkHour: Set<VisitorHash>] = [:]
    /// The numbers here of the names of the last frame: frames of one message share them.
    private var last: (names: FrameCounts.Names, links: [Int32], values: [Int32])?

    mutating func add(_ counts: FrameCounts) {
        let (links, values) = numbers(of: counts.names)
        for entry in counts.entries {
            let key = Key(
                link: links[Int(entry.link)], value: entry.value == 0 ? 0 : values[Int(entry.value) - 1] + 1,
                bucket: entry.bucket)
            tallies[key, default: Tally()] = tallies[key, default: Tally()] + entry.tally
        }
        for visit in counts.visits {
            visitors[LinkHour(link: links[Int(visit.link)], hour: visit.hour), default: []].insert(visit.visitor)
        }
    }

    private mutating func numbers(of names: FrameCounts.Names) -> (links: [Int32], values: [Int32]) {
        if let last, last.names === names { return (last.links, last.values) }
        let links = names.codes.map { codes.number(of: $0) }
        let values = names.values.map { self.values.number(of: $0.bounded) }
        last = (names, links, values)
        return (links, values)
    }

    /// The counts of each link that has some.
    var links: [ShortCode: LinkCounts] {
        var counts = [LinkCounts](repeating: LinkCounts(), count: codes.all.count)
        for (key, tally) in tallies {
            if key.value == 0 {
                counts[Int(key.link)].buckets[key.bucket] = tally
            } else {
                let value = values.all[Int(key.value) - 1]
                let place = DimensionKey(bucket: key.bucket, dimension: value.dimension, value: value.text)
                counts[Int(key.link)].values[place] = tally
            }
        }
        for (place, seen) in visitors { counts[Int(place.link)].visitors[place.hour] = seen }
        return Dictionary(uniqueKeysWithValues: zip(codes.all, counts).filter { $1 != LinkCounts() })
    }
}

/// Gives each distinct element a number, from 0.
private struct NumberedTable<Element: Hashable> {
    private(set) var all: [Element] = []
    private var numbers: [Element: Int32] = [:]

    mutating func number(of element: Element) -> Int32 {
        if let known = numbers[element] { return known }
        let number = Int32(all.count)
        all.append(element)
        numbers[element] = number
        return number
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
}

extension DimensionKey {
    /// Where clicks go once there are too many values.
    package var other: DimensionKey {
        DimensionKey(bucket: bucket, dimension: dimension, value: StoreLimits.otherValue)
    }
}

extension FrameCounts.Value {
    /// The value with a text of at most ``StoreLimits/valueBytes``, cut between scalars; values that are equal once cut are
    /// one.
    fileprivate var bounded: FrameCounts.Value {
        guard text.utf8.count > StoreLimits.valueBytes else { return self }
        var end = text.unicodeScalars.startIndex
        var room = StoreLimits.valueBytes
        while end < text.unicodeScalars.endIndex {
            room -= UTF8.width(text.unicodeScalars[end])
            guard room >= 0 else { break }
            end = text.unicodeScalars.index(after: end)
        }
        return FrameCounts.Value(dimension, String(text[..<end]))
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
