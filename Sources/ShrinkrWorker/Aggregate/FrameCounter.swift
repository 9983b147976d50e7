import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

/// Counts a frame: from single clicks to what the store adds.
package struct FrameCounter: Sendable {
    private let classifier: ClickClassifier

    package init(classifier: ClickClassifier) {
        self.classifier = classifier
    }

    /// - Parameter body: the frame's message. It is kept and read again where a shorter version of the frame turns out to
    ///   be counted; it takes less memory than the clicks.
    package func count(_ frame: ClickFrame, body: [UInt8]) -> CountedFrame {
        CountedFrame(
            id: frame.id, counts: count(frame.clicks[...]), clicks: frame.clicks.count, isPartial: frame.isPartial
        ) { [self] known in
            // What was read once can be read again.
            let clicks = (try? ClickFrame(wire: body))?.clicks ?? []
            return count(clicks.dropFirst(known))
        }
    }

    private func count(_ clicks: ArraySlice<Click>) -> [ShortCode: LinkCounts] {
        var counts: [ShortCode: LinkCounts] = [:]
        for click in clicks {
            let classified = classifier.classify(click)
            counts[click.code, default: LinkCounts()].add(click, as: classified)
        }
        return counts
    }
}

extension CountedFrame {
    /// How many counters the frame changes, visitors included: what makes a transaction long.
    var keys: Int {
        counts.values.reduce(0) { $0 + $1.buckets.count + $1.values.count + $1.visitors.count }
    }
}

extension LinkCounts {
    fileprivate mutating func add(_ click: Click, as classified: ClassifiedClick) {
        let one = classified.isBot ? Tally(bots: 1) : Tally(people: 1)
        let bucket = TimeBucket(containing: click.time)
        buckets[bucket, default: Tally()].add(one)
        for (dimension, value) in classified.dimensions {
            values[DimensionKey(bucket: bucket, dimension: dimension, value: value), default: Tally()].add(one)
        }
        // Visitors are people: a bot's address says nothing about how many there are.
        if !classified.isBot, let visitor = click.visitor {
            visitors[bucket.hour, default: []].insert(visitor)
        }
    }
}

extension Tally {
    fileprivate mutating func add(_ other: Tally) {
        people += other.people
        bots += other.bots
    }
}

extension ClassifiedClick {
    fileprivate var dimensions: [(Dimension, String)] {
        [
            (.referrer, referrer), (.browser, browser), (.os, os), (.device, device), (.country, country),
            (.language, language),
        ]
    }
}
