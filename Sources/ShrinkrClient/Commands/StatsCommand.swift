package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

/// `stats`: how often links were followed, as a chart and tables.
package struct StatsCommand: AsyncParsableCommand {
    package enum Interval: String, CaseIterable, ExpressibleByArgument, Sendable {
        case hour, day, week, month
    }

    package enum Traffic: String, CaseIterable, ExpressibleByArgument, Sendable {
        case all, people, bots
    }

    package enum Group: String, CaseIterable, ExpressibleByArgument, Sendable {
        case referrer, country, browser, os, device, language
    }

    package static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show how often links were followed, by whom and from where.",
        discussion: """
            Without a code: all links together, and the ones that were followed most.

              \(ProcessEnvironment.program) stats sale --from -7d --interval hour
              \(ProcessEnvironment.program) stats sale --by country --by device
              \(ProcessEnvironment.program) stats --from 2027-01-01 --to 2027-01-31 --tz Europe/Berlin

            With --format json it prints what the API answers for the first --by.

            \(ClientOptions.discussion)
            """)

    @Argument(help: "The link's code or short URL [all links]")
    package var code: CodeArgument?

    // Values begin with a hyphen, too.
    @Option(
        parsing: .unconditional, help: "A time, a date, or so long before now (-12h, -7d, -4w) [29 days before --to]")
    package var from: String?

    @Option(parsing: .unconditional, help: "As --from; of a date its end [now]")
    package var to: String?

    @Option(help: "hour, day, week or month")
    package var interval: Interval = .day

    @Option(help: "Time zone in which days begin, such as Europe/Berlin [UTC]")
    package var tz: String?

    @Option(help: "referrer, country, browser, os, device or language; repeat for several [referrer, country, browser]")
    package var by: [Group] = []

    @Option(help: "Which clicks count: all, people or bots")
    package var traffic: Traffic = .all

    @Option(help: "Most lines of each breakdown, 1 to 100")
    package var top = 5

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func validate() throws {
        guard (1...100).contains(top) else { throw ValidationError("--top is \(top); it has to be from 1 to 100") }
    }

    package func run() async throws {
        try await client.withClient { session in
            guard session.format == .text else {
                let answer = try await session.api.send(request(by.first))
                return try session.output.write(TerminalText.json(answer.document))
            }
            let groups = by.isEmpty ? [.referrer, .country, .browser] : by
            for (index, group) in groups.enumerated() {
                let stats = StatsDocument(try await session.api.send(request(group)).document)
                if index == 0 { try session.output.write(stats.lines(interval: interval.rawValue, session.screen)) }
                try session.output.write(stats.breakdown(title: group.rawValue, top: top, session.screen))
            }
        }
    }

    private func request(_ group: Group?) -> APIRequest {
        let query: [(name: StaticString, value: String?)] = [
            ("from", from), ("to", to), ("interval", interval.rawValue), ("tz", tz), ("group_by", group?.rawValue),
            ("traffic", traffic == .all ? nil : traffic.rawValue),
        ]
        if let code { return APIRequest(.get, "links", code.code, "stats", query: query) }
        return APIRequest(.get, "stats", query: query)
    }
}
