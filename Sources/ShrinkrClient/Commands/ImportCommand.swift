package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

extension ImportSource: ExpressibleByArgument {}

/// `import`: makes links of what another shortener, or this one, has written to a file.
package struct ImportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make links of another shortener's export.",
        discussion: """
            Reads tables (CSV), JSON, and JSON on each line. Kept are codes, destinations, titles, tags, the times at which
            links were made, begin and end, and limits; old totals of clicks are not. Codes, titles and tags are Shrinkr's
            rules' to judge: a link that cannot be made is told with its line and the reason, and the others are made.

            The same file can be imported again, after an error for instance: what is there is left as it is. With
            --dry-run nothing is sent, and only what the file itself tells is judged.

              \(ProcessEnvironment.program) import --from yourls links.csv --dry-run
              \(ProcessEnvironment.program) import --from yourls links.csv 2> skipped.txt
              curl http://go/.export | \(ProcessEnvironment.program) import --from golink -

            The time at which a link was made needs a key with the scope admin; --without-created-at needs links:write and
            links:read alone. A server makes 6,000 links a minute with one key, unless it is set up otherwise
            (SHRINKR_LIMIT_CREATES); the import waits for it.

            \(ClientError.exitCodes)
            """)

    @Option(name: .customLong("from"), help: "csv, yourls, bitly, shlink, kutt, dub, rebrandly or golink")
    package var source: ImportSource

    @Argument(help: "The file; - for standard input")
    package var file: String

    @Flag(help: "Send nothing")
    package var dryRun = false

    @Flag(help: "Let links be made now, whenever they were made there")
    package var withoutCreatedAt = false

    @OptionGroup package var server: ServerOptions

    package init() {}

    package func run() async throws {
        var file = try ImportFile(ImportFile.bytes(self.file))
        var report = ImportReport()
        if dryRun {
            while try !next(&file, &report).isEmpty {}
        } else {
            try await server.withClient { session in
                while case let links = try next(&file, &report), !links.isEmpty {
                    try await send(links[...], session, &report)
                    session.progress("\(report.summary(isDry: false)) so far")
                }
            }
        }
        Exit.say(report.summary(isDry: dryRun) + ".")
        if report.skipped > 0 { throw ExitCode(ClientError.Kind.refused.rawValue) }
    }

    /// The next links of the file, as many as a request takes; none at the end.
    private func next(_ file: inout ImportFile, _ report: inout ImportReport) throws -> [ImportedLink] {
        var (links, bytes) = ([ImportedLink](), 0)
        while links.count < ImportRequest.maximumLinks, bytes < ImportRequest.maximumBytes,
            let (place, entry) = try file.next()
        {
            guard let entry else {
                report.skip(place, "this is no JSON object")
                continue
            }
            do {
                let link = try ImportedLink(entry, from: source, place: place, keepsCreatedAt: !withoutCreatedAt)
                report.note(link)
                bytes += JSONValue.object(link.members).bytes.count
                links.append(link)
            } catch {
                report.skip(place, error.reason)
            }
        }
        return links
    }

    private func send(
        _ links: ArraySlice<ImportedLink>, _ session: ClientSession, _ report: inout ImportReport
    ) async throws {
        let results = try await session.api.send(ImportRequest.request(links)).document["results"].items ?? []
        guard results.count == links.count else {
            throw ClientError(.failure, "\(session.api.server) answers for \(results.count) of \(links.count) links")
        }
        for (link, result) in zip(links, results) {
            switch result["status"].number {
            case 201: report.made += 1
            case 200: report.found += 1
            case 409: try await judge(link, session, &report)
            default: report.skip(link.place, ProblemDocument(result["problem"]).sentence ?? "refused")
            }
        }
    }

    /// A code that is taken: perhaps by the very link, changed since an earlier import.
    private func judge(_ link: ImportedLink, _ session: ClientSession, _ report: inout ImportReport) async throws {
        guard let code = link.code, CodeArgument(argument: code) != nil else {
            return report.skip(link.place, "no code was free")
        }
        do {
            let there = try await session.api.send(APIRequest(.get, "links", code)).document["url"].text ?? ""
            if ImportRequest.isSame(link.url, there) { return report.found += 1 }
            report.skip(link.place, "the code '\(code)' is taken by a link to \(TerminalText.cut(there, to: 100))")
        } catch let error as ClientError where error.kind == .notFound {
            report.skip(link.place, "the code '\(code)' belonged to a link that is deleted")
        }
    }
}

/// What one request for many links is made of.
enum ImportRequest {
    /// Links of one batch, the API's limit; and bytes after which no further link is added, so that with the longest one a
    /// batch stays below the server's default limit of 1 MiB.
    static let (maximumLinks, maximumBytes) = (1_000, 900 << 10)

    static func request(_ links: ArraySlice<ImportedLink>) -> APIRequest {
        // What an earlier import has made is found again.
        let items = links.map { JSONValue.object($0.members + [.init("reuse", true)]) }
        return APIRequest(.post, "links", "batch", body: ["links": .array(items)])
    }

    /// Whether a destination is the one that a server has stored, which writes scheme and host in small letters, and a
    /// slash where there is no path.
    static func isSame(_ sent: String, _ stored: String) -> Bool {
        let (sent, stored) = (UntrustedText(sent).trimmed, UntrustedText(stored))
        return stored.equals(sent.string) || stored.equals(sent.string + "/")
            || sent.lowercasedASCII == stored.lowercasedASCII
            || UntrustedText(sent.string + "/").lowercasedASCII == stored.lowercasedASCII
    }
}

/// What became of the links of a file.
private struct ImportReport {
    var made = 0
    /// There already.
    var found = 0
    private(set) var skipped = 0
    private var read = 0
    private var withClicks = 0

    mutating func note(_ link: ImportedLink) {
        read += 1
        withClicks += link.hadClicks ? 1 : 0
    }

    /// Tells on standard error why a link is not made.
    mutating func skip(_ place: Int, _ reason: String) {
        skipped += 1
        Exit.say(TerminalText.safe("line \(place): \(reason)"))
    }

    func summary(isDry: Bool) -> String {
        let done = isDry ? "\(read) links could be read" : "\(made) links made, \(found) there already"
        return "\(done), \(skipped) skipped" + (withClicks > 0 ? "; old totals of \(withClicks) are left" : "")
    }
}
