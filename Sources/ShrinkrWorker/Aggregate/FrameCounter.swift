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
                id: frame.id, content: classes.count(message.clicks[frame.clicks]), clicks: frame.clicks.count,
                isPartial: frame.isPartial
            ) { known in
                classes.count(message.clicks[frame.clicks].dropFirst(known))
            }
        }
    }
}

/// What the clicks of one message count as: each distinct value is looked at once.
private struct MessageClasses: Sendable {
    /// Numbers of values.
    private struct Client {
        let isBot: Bool
        let browser: Int32
        let os: Int32
        let device: Int32
    }

    /// What the classifier goes by. Of a click's values it leaves out referrer, language and country, which stand alone.
    private struct ClientKey: Hashable {
        let userAgent: UInt16
        let traits: FrameMessage.Traits
        let hints: UInt32

        init(_ click: FrameMessage.Row) {
            userAgent = click.userAgent
            traits = click.traits
            hints = click.hints
        }
    }

    private let names: FrameCounts.Names
    private let clients: [ClientKey: Client]
    /// What a click is that is in no table: never one that was decoded, but none may be lost.
    private let unknown: Client
    private let referrers: [Int32]
    private let languages: [Int32]
    private let countries: [Int32]

    init(_ message: FrameMessage, _ classifier: ClickClassifier) {
        var table = ValueTable()
        // The first stands for a value that is not known.
        referrers = ([nil] + message.referrers.map(\.string)).map {
            table.number(of: .init(.referrer, ReferrerDomain.read($0)))
        }
        languages = ([nil] + message.languages.map(\.string)).map {
            table.number(of: .init(.language, LanguageTag.primary(of: $0)))
        }
        countries = ([nil] + message.countries.map(\.string)).map {
            table.number(of: .init(.country, RegionCode.read($0)))
        }
        unknown = Client(
            isBot: true, browser: table.number(of: .init(.browser, ClassifiedClick.unknown)),
            os: table.number(of: .init(.os, ClassifiedClick.unknown)),
            device: table.number(of: .init(.device, ClassifiedClick.unknown)))
        var clients: [ClientKey: Client] = [:]
        for click in message.clicks where clients[ClientKey(click)] == nil {
            let classified = classifier.classify(message.click(click))
            clients[ClientKey(click)] = Client(
                isBot: classified.isBot, browser: table.number(of: .init(.browser, classified.browser)),
                os: table.number(of: .init(.os, classified.os)),
                device: table.number(of: .init(.device, classified.device)))
        }
        self.clients = clients
        names = FrameCounts.Names(codes: message.codes, values: table.values)
    }

    func count(_ clicks: ArraySlice<FrameMessage.Row>) -> FrameCounts {
        var counts = FrameCounts(names)
        counts.entries.reserveCapacity(clicks.count * (1 + Dimension.allCases.count))
        for click in clicks { add(click, to: &counts) }
        return counts
    }

    private func add(_ click: FrameMessage.Row, to counts: inout FrameCounts) {
        let client = clients[ClientKey(click)] ?? unknown
        let link = Int32(click.code) - 1
        let bucket = TimeBucket(containing: Timestamp(milliseconds: click.time))
        let tally = client.isBot ? Tally(bots: 1) : Tally(people: 1)
        func add(_ value: Int32) {
            counts.entries.append(.init(link: link, value: value, bucket: bucket, tally: tally))
        }
        add(0)
        add(referrers[Int(click.referrer)])
        add(client.browser)
        add(client.os)
        add(client.device)
        add(countries[Int(click.country)])
        add(languages[Int(click.language)])
        // Visitors are people: a bot's address says nothing about how many there are.
        if !client.isBot, click.traits.contains(.visitor) {
            counts.visits.append(.init(link: link, hour: bucket.hour, visitor: VisitorHash(bits: click.visitor)))
        }
    }
}

/// Gives each distinct value a number, from 1.
private struct ValueTable {
    private(set) var values: [FrameCounts.Value] = []
    private var numbers: [FrameCounts.Value: Int32] = [:]

    mutating func number(of value: FrameCounts.Value) -> Int32 {
        if let known = numbers[value] { return known }
        values.append(value)
        let number = Int32(values.count)
        numbers[value] = number
        return number
    }
}
