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
                id: frame.id, content: classes.count(frame.clicks), clicks: frame.clicks.count,
                isPartial: frame.isPartial
            ) { known in
                classes.count(frame.clicks.dropFirst(known))
            }
        }
    }
}

/// What the clicks of one message count as: each distinct value is looked at once.
private struct MessageClasses: Sendable {
    /// What a click's user agent and all that goes with it make of it; values by their numbers.
    private struct Client {
        let isBot: Bool
        let browser: Int32
        let os: Int32
        let device: Int32
    }

    private let clicks: [FrameMessage.Row]
    private let names: FrameCounts.Names
    private let clients: [Client]
    /// Of each click, its place in `clients`.
    private let clientNumbers: [Int32]
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
        var clients: [Client] = []
        var numbers = ClientNumbers(agents: message.userAgents.count)
        clientNumbers = message.clicks.map { click in
            let (number, isNew) = numbers.number(of: click)
            if isNew {
                let client = classifier.client(click, of: message)
                clients.append(
                    Client(
                        isBot: client.isBot, browser: table.number(of: .init(.browser, client.profile.browser)),
                        os: table.number(of: .init(.os, client.profile.os)),
                        device: table.number(of: .init(.device, client.profile.device))))
            }
            return number
        }
        self.clients = clients
        clicks = message.clicks
        names = FrameCounts.Names(codes: message.codes, values: table.values)
    }

    /// - Parameter places: of clicks in the message.
    func count(_ places: Range<Int>) -> FrameCounts {
        var counts = FrameCounts(names)
        counts.entries.reserveCapacity(places.count * (1 + Dimension.allCases.count))
        counts.visits.reserveCapacity(places.count)
        for place in places { add(place, to: &counts) }
        return counts
    }

    private func add(_ place: Int, to counts: inout FrameCounts) {
        let click = clicks[place]
        let client = clients[Int(clientNumbers[place])]
        let link = Int32(click.code) - 1
        let bucket = TimeBucket(containing: Timestamp(milliseconds: click.time))
        func add(_ value: Int32) {
            counts.entries.append(.init(link: link, value: value, bucket: bucket, clicks: 1, isBot: client.isBot))
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

/// Gives each distinct client of a message a number, from 0. Clicks are of one client where the classifier cannot tell them
/// apart: it leaves out referrer, language and country, which stand alone.
private struct ClientNumbers {
    /// What goes with a user agent.
    private struct Circumstances: Hashable {
        let traits: FrameMessage.Traits
        let hints: UInt32
    }

    private struct Key: Hashable {
        let agent: UInt16
        let circumstances: Circumstances
    }

    /// The first client of each user agent: most have no other.
    private var first: [(circumstances: Circumstances, number: Int32)?]
    private var others: [Key: Int32] = [:]
    private var count: Int32 = 0

    /// - Parameter agents: how many there are in the message's table.
    init(agents: Int) {
        first = Array(repeating: nil, count: agents + 1)
    }

    mutating func number(of click: FrameMessage.Row) -> (number: Int32, isNew: Bool) {
        let circumstances = Circumstances(traits: click.traits.subtracting(.visitor), hints: click.hints)
        let agent = click.userAgent
        guard let known = first[Int(agent)] else {
            first[Int(agent)] = (circumstances, count)
            return (next(), true)
        }
        if known.circumstances == circumstances { return (known.number, false) }
        let key = Key(agent: agent, circumstances: circumstances)
        if let number = others[key] { return (number, false) }
        others[key] = count
        return (next(), true)
    }

    private mutating func next() -> Int32 {
        defer { count += 1 }
        return count
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
