package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

/// `list`: lists and searches links.
package struct ListCommand: AsyncParsableCommand {
    package enum Order: String, CaseIterable, ExpressibleByArgument, Sendable {
        case newest, oldest, clicks
        case lastClick = "last-click"

        /// As the API calls it.
        var parameter: String {
            switch self {
            case .newest: "newest"
            case .oldest: "oldest"
            case .clicks: "clicks"
            case .lastClick: "last_click"
            }
        }
    }

    package enum Switch: String, EnumerableFlag, Sendable {
        case enabled, disabled
    }

    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List and search links.",
        discussion: """
              \(ProcessEnvironment.program) list sale --tag spring --order clicks
              \(ProcessEnvironment.program) list --all --format json

            \(ClientOptions.discussion)
            """)

    /// Links of one request; the API's limit.
    static let page = 100

    @Argument(help: "A text that code, destination, title or a tag contain")
    package var text: String?

    @Option(help: "A tag that the links have; repeat for several, of which they have all")
    package var tag: [String] = []

    @Flag(help: "Links that are switched on, or off, alone")
    package var state: Switch?

    @Option(help: ArgumentHelp("Links that were made then or later, such as 2027-01-31T00:00:00Z", valueName: "time"))
    package var createdFrom: String?

    @Option(help: ArgumentHelp("Links that were made before then", valueName: "time"))
    package var createdBefore: String?

    @Option(help: "newest, oldest, clicks or last-click")
    package var order: Order = .newest

    @Option(help: "Most links")
    package var limit = 20

    @Flag(help: "All links, whatever --limit says")
    package var all = false

    @Flag(help: "Deleted links that can be restored")
    package var deleted = false

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); it has to be 1 or more, or give --all") }
    }

    package func run() async throws {
        try await client.withClient { session in
            var printer = ListedLinks(session)
            var left = all ? Int.max : limit
            var cursor: String?
            repeat {
                let answer = try await session.api.send(request(min(left, Self.page), after: cursor))
                guard let links = answer.document["data"].items else {
                    throw ClientError(.failure, "\(session.api.server) answers with no list of links")
                }
                try printer.print(links)
                left -= links.count
                // A page without links that has another one would never end.
                cursor = links.isEmpty ? nil : answer.document["next_cursor"].text
            } while cursor != nil && left > 0
            try printer.finish(hasMore: cursor != nil)
        }
    }

    private func request(_ count: Int, after cursor: String?) -> APIRequest {
        APIRequest(
            .get, "links",
            query: [
                ("limit", String(count)), ("cursor", cursor), ("q", text),
                ("enabled", state.map { $0 == .enabled ? "true" : "false" }), ("created_from", createdFrom),
                ("created_before", createdBefore), ("order", order == .newest ? nil : order.parameter),
                ("deleted", deleted ? "true" : nil),
            ] + tag.map { ("tag", $0) })
    }
}

/// Prints pages of links below each other.
private struct ListedLinks {
    private let session: ClientSession
    private var json: JSONListOutput
    private var table: Table
    private var count = 0

    init(_ session: ClientSession) {
        self.session = session
        json = JSONListOutput("data", output: session.output)
        table = Table(LinkDocument.columns, screen: session.screen)
    }

    mutating func print(_ links: [JSONValue]) throws {
        count += links.count
        guard session.format == .text else { return try json.write(links) }
        let now = WallClock.system.now()
        if !links.isEmpty { try session.output.write(table.lines(links.map { LinkDocument($0).row(at: now) })) }
    }

    mutating func finish(hasMore: Bool) throws {
        if session.format == .json { try json.finish() }
        if session.format == .text, count == 0 { Exit.say("No links.") }
        if hasMore { Exit.say("There are more; --limit and --all show them.") }
    }
}
