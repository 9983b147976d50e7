package import ArgumentParser
import Glibc
import ShrinkrBase
import ShrinkrProcess

/// `export`: all links, for programs, spreadsheets, and a web server that redirects alone.
package struct ExportCommand: AsyncParsableCommand {
    package enum Format: String, CaseIterable, ExpressibleByArgument, Sendable {
        case ndjson, csv
        case nginxMap = "nginx-map"
    }

    package static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all links to standard output, with their clicks.",
        discussion: """
            Links come page by page in the order in which they were made: none that was there all the time is missing or
            twice, and each is as it was when its page was read. For a picture of one moment, copy the database.

              \(ProcessEnvironment.program) export > links.ndjson
              \(ProcessEnvironment.program) export --format csv > links.csv
              \(ProcessEnvironment.program) export --format nginx-map > /etc/nginx/shrinkr.map

            ndjson is a link as the API shows it on each line; 'import --from csv' reads csv. nginx-map is for nginx's
            'map': where links lead that can be followed now and are not limited, to go on redirecting if all else is lost.

            \(ClientError.exitCodes)
            """)

    @Option(help: "ndjson, csv or nginx-map")
    package var format: Format = .ndjson

    @Flag(help: "Deleted links that can be restored, instead of those that there are")
    package var deleted = false

    @OptionGroup package var server: ServerOptions

    package init() {}

    package func validate() throws {
        guard format != .nginxMap || !deleted else { throw ValidationError("nobody can follow deleted links") }
    }

    package func run() async throws {
        try await server.withClient { session in
            var writer = LinkWriter(format, at: WallClock.system.now())
            try session.output.write(writer.head)
            var cursor: String?
            repeat {
                let query: [(name: StaticString, value: String?)] = [
                    ("limit", String(ListCommand.page)), ("order", "oldest"), ("cursor", cursor),
                    ("deleted", deleted ? "true" : nil),
                ]
                let page = try await session.api.send(APIRequest(.get, "links", query: query)).document
                let links = page["data"].items ?? []
                try session.output.write(links.compactMap { writer.line(LinkDocument($0)) })
                // A page without links that has another one would never end.
                cursor = links.isEmpty ? nil : page["next_cursor"].text
            } while cursor != nil
            Exit.say("\(writer.count) links written\(writer.left == 0 ? "" : ", \(writer.left) left out").")
        }
    }
}

/// Links as lines of a file.
private struct LinkWriter {
    private let format: ExportCommand.Format
    private let now: Timestamp
    private(set) var count = 0
    /// Links that the format has no place for.
    private(set) var left = 0
    /// Codes in the map, which knows no case.
    private var codes: Set<UntrustedText> = []

    init(_ format: ExportCommand.Format, at now: Timestamp) {
        self.format = format
        self.now = now
    }

    /// What stands in front of all links.
    var head: [String] {
        switch format {
        case .ndjson: []
        case .csv: [Self.row(LinkDocument.exportedMembers.map { "\($0)" })]
        case .nginxMap: NginxMap.head(at: now)
        }
    }

    private static func row(_ cells: [String]) -> String { String(decoding: CSVRow.bytes(cells), as: UTF8.self) }

    mutating func line(_ link: LinkDocument) -> String? {
        let line: String? =
            switch format {
            case .ndjson: TerminalText.json(link.document)
            case .csv: Self.row(link.exportedValues)
            case .nginxMap:
                codes.insert(UntrustedText(link.code).lowercasedASCII).inserted ? NginxMap.line(link, at: now) : nil
            }
        if line == nil { left += 1 } else { count += 1 }
        return line
    }
}

extension LinkDocument {
    /// Columns of the table; the first eleven are what a link is made of again.
    fileprivate static let exportedMembers: [StaticString] = [
        "code", "url", "title", "tags", "redirect_status", "forward_query", "enabled", "starts_at", "expires_at",
        "max_visits", "created_at", "people", "bots", "last_clicked_at",
    ]

    fileprivate var exportedValues: [String] {
        Self.exportedMembers.map { name in
            let value = document[name]
            switch value {
            case .string(let text): return text
            case .bool(let flag): return flag ? "true" : "false"
            case .integer(let number): return String(number)
            case .array: return tagList
            default: return document["clicks"][name].number.map { String($0) } ?? ""
            }
        }
    }

    /// The tags with commas between them; as JSON where that would not tell them apart.
    private var tagList: String {
        let isPlain = tags.allSatisfy { tag in
            !UntrustedText(tag).contains(byte: ",") && !UntrustedText(tag).begins(with: "[")
                && UntrustedText(tag).trimmed.count == tag.utf8.count
        }
        if isPlain { return tags.joined(separator: ",") }
        return String(decoding: JSONValue.array(tags.map { .string($0) }).bytes, as: UTF8.self)
    }
}
