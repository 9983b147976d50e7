package import ArgumentParser
import Glibc
import ShrinkrBase
import ShrinkrProcess

/// `create`: makes links.
package struct CreateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make links, and print their short URLs.",
        discussion: """
            Several URLs, and those that come on standard input, one on each line, are made by the hundred; one that
            cannot be made is told on standard error, and the others are made.

              \(ProcessEnvironment.program) create https://example.com/sale --code sale --tag spring --expires-in 30d
              \(ProcessEnvironment.program) create < urls.txt > short.txt

            \(ClientOptions.discussion)
            """)

    /// Links made with one request.
    private static let batch = 100

    @Argument(help: "Where the links lead; none or - for standard input")
    package var url: [String] = []

    @Option(help: "The code of the one link; else the server draws one")
    package var code: String?

    @OptionGroup package var settings: LinkSettingsOptions

    @Flag(help: "Return a link that is equal in everything else, if there is one")
    package var reuse = false

    @Flag(help: "Make links that cannot be followed yet")
    package var disabled = false

    @OptionGroup package var client: ClientOptions

    package init() {}

    private var readsInput: Bool { url.isEmpty || url == ["-"] }

    package func validate() throws {
        guard code == nil || !readsInput && url.count == 1 else {
            throw ValidationError("--code is for one link; give one URL")
        }
        guard !url.isEmpty || isatty(STDIN_FILENO) == 0 else {
            throw ValidationError("the URL is missing; for example: create https://example.com/")
        }
    }

    package func run() async throws {
        let isAlone = !readsInput && url.count == 1
        let failures = try await client.withClient { session in
            isAlone ? try await makeOne(session) : try await makeAll(session)
        }
        if failures > 0 { throw ExitCode(ClientError.Kind.refused.rawValue) }
    }

    private func link(_ url: String) -> JSONValue {
        .object(
            [.init("url", .string(url))] + (code.map { [.init("code", .string($0))] } ?? [])
                + settings.members(at: WallClock.system.now()) + (reuse ? [.init("reuse", true)] : [])
                + (disabled ? [.init("enabled", false)] : []))
    }

    /// - Returns: how many could not be made: none, since what goes wrong with one is an error.
    private func makeOne(_ session: ClientSession) async throws -> Int {
        let answer = try await session.api.send(APIRequest(.post, "links", body: link(url[0])))
        switch session.format {
        case .text: try session.output.write(TerminalText.safe(LinkDocument(answer.document).shortURL))
        case .json: try session.output.write(TerminalText.json(answer.document))
        }
        return 0
    }

    /// - Returns: how many could not be made.
    private func makeAll(_ session: ClientSession) async throws -> Int {
        var printer = CreatedLinks(session)
        if readsInput {
            var reader = LineReader(STDIN_FILENO)
            while case let lines = try reader.next(Self.batch), !lines.isEmpty {
                try await make(lines.map { ($0.text, "line \($0.number)") }, session, &printer)
            }
        } else {
            for start in stride(from: 0, to: url.count, by: Self.batch) {
                let part = url[start..<min(start + Self.batch, url.count)]
                try await make(part.map { ($0, "URL \(TerminalText.cut($0, to: 60))") }, session, &printer)
            }
        }
        try printer.finish()
        return printer.failures
    }

    private func make(
        _ urls: [(url: String, name: String)], _ session: ClientSession, _ printer: inout CreatedLinks
    ) async throws {
        let body = JSONValue.object([.init("links", .array(urls.map { link($0.url) }))])
        let answer = try await session.api.send(APIRequest(.post, "links", "batch", body: body))
        let results = answer.document["results"].items ?? []
        guard results.count == urls.count else {
            throw ClientError(.failure, "\(session.api.server) answers for \(results.count) of \(urls.count) links")
        }
        try printer.print(results, names: urls.map(\.name))
    }
}

/// Prints what became of many links.
private struct CreatedLinks {
    private let session: ClientSession
    private var json: JSONListOutput
    private(set) var failures = 0

    init(_ session: ClientSession) {
        self.session = session
        json = JSONListOutput("results", output: session.output)
    }

    /// - Parameter names: What each link is called where it could not be made.
    mutating func print(_ results: [JSONValue], names: [String]) throws {
        if session.format == .json { try json.write(results) }
        var made: [String] = []
        for (result, name) in zip(results, names) {
            if result["problem"].isNull {
                made.append(TerminalText.safe(LinkDocument(result["link"]).shortURL))
            } else {
                failures += 1
                Exit.say(TerminalText.safe("\(name): \(ProblemDocument(result["problem"]).sentence ?? "refused")"))
            }
        }
        if session.format == .text { try session.output.write(made) }
    }

    mutating func finish() throws {
        if session.format == .json { try json.finish() }
    }
}
