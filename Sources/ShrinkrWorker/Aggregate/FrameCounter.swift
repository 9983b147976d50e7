import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

/// Counts the frames of a message: from single clicks to what the store adds.
package struct FrameCounter: Sendable {
    private let classifier: ClickClassifier

    package init(classifier: ClickClassifier) {
        self.classifier = classifier
    }

    /// The message's frames. They keep it: its clicks are counted again where a shorter version of a frame turns out to be
    /// counted.
    package func count(_ message: FrameMessage) -> [CountedFrame] {
        let classes = MessageClasses(message, classifier)
        return message.frames.map { frame in
            CountedFrame(
                id: frame.id, counts: Self.count(message.clicks[frame.clicks], classes), clicks: frame.clicks.count,
                isPartial: frame.isPartial
            ) { known in
                Self.count(message.clicks[frame.clicks].dropFirst(known), classes)
            }
        }
    }

    private static func count(
        _ clicks: ArraySlice<FrameMessage.Row>, _ classes: MessageClasses
    ) -> [ShortCode: LinkCounts] {
        var counts: [ShortCode: LinkCounts] = [:]
        for click in clicks {
            counts[classes.code(click), default: LinkCounts()].add(click, as: classes.classify(click))
        }
        return counts
    }
}

/// What the clicks of one message count as: each distinct value is looked at once.
private struct MessageClasses: Sendable {
    private let codes: [ShortCode]
    /// By what the classifier goes by. Of these values it leaves out referrer, language and country, which stand alone.
    private var clients: [Client: ClassifiedClick] = [:]
    private let referrers: [String]
    private let languages: [String]
    private let countries: [String]

    private struct Client: Hashable {
        let userAgent: UInt16
        let traits: FrameMessage.Traits
        let hints: UInt32

        init(_ click: FrameMessage.Row) {
            userAgent = click.userAgent
            traits = click.traits
            hints = click.hints
        }
    }

    init(_ message: FrameMessage, _ classifier: ClickClassifier) {
        codes = message.codes
        // The first stands for a value that is not known.
        referrers = [ReferrerDomain.read(nil)] + message.referrers.map { ReferrerDomain.read($0.string) }
        languages = [LanguageTag.primary(of: nil)] + message.languages.map { LanguageTag.primary(of: $0.string) }
        countries = [RegionCode.read(nil)] + message.countries.map { RegionCode.read($0.string) }
        for click in message.clicks where clients[Client(click)] == nil {
            clients[Client(click)] = classifier.classify(message.click(click))
        }
    }

    func code(_ click: FrameMessage.Row) -> ShortCode { codes[Int(click.code) - 1] }

    func classify(_ click: FrameMessage.Row) -> ClassifiedClick {
        let client = clients[Client(click)]
        return ClassifiedClick(
            isBot: client?.isBot ?? true, referrer: referrers[Int(click.referrer)],
            browser: client?.browser ?? ClassifiedClick.unknown, os: client?.os ?? ClassifiedClick.unknown,
            device: client?.device ?? ClassifiedClick.unknown, country: countries[Int(click.country)],
            language: languages[Int(click.language)])
    }
}

extension CountedFrame {
    /// How many counters the frame changes, visitors included: what makes a transaction long.
    var keys: Int {
        counts.values.reduce(0) { $0 + $1.buckets.count + $1.values.count + $1.visitors.count }
    }
}

extension LinkCounts {
    fileprivate mutating func add(_ click: FrameMessage.Row, as classified: ClassifiedClick) {
        let one = classified.isBot ? Tally(bots: 1) : Tally(people: 1)
        let time = Timestamp(milliseconds: click.time)
        let bucket = TimeBucket(containing: time)
        buckets[bucket, default: Tally()].add(one)
        for (dimension, value) in classified.dimensions {
            values[DimensionKey(bucket: bucket, dimension: dimension, value: value), default: Tally()].add(one)
        }
        // Visitors are people: a bot's address says nothing about how many there are.
        if !classified.isBot, click.traits.contains(.visitor) {
            visitors[bucket.hour, default: []].insert(VisitorHash(bits: click.visitor))
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
