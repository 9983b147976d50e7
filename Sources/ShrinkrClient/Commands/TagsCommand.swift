package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

/// `tags`: lists tags, renames them, and takes them away.
package struct TagsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tags", abstract: "List tags, rename them, take them away.",
        discussion: """
              \(ProcessEnvironment.program) tags rename sale 'summer sale'
              \(ProcessEnvironment.program) tags delete sale

            \(ClientOptions.discussion)
            """,
        subcommands: [List.self, Rename.self, Delete.self], defaultSubcommand: List.self)

    package init() {}

    package struct List: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List all tags, and how many links have them (the default).",
            discussion: ClientOptions.discussion)

        /// Tags of one request; the API's limit.
        private static let page = "100"

        @OptionGroup package var client: ClientOptions

        package init() {}

        package func run() async throws {
            try await client.withClient { session in
                var json = JSONListOutput("data", output: session.output)
                var table = Table(
                    [.init("TAG", mayBeCut: true), .init("LINKS", isNumeric: true)], screen: session.screen)
                var cursor: String?
                repeat {
                    let query = [(name: "limit" as StaticString, value: Self.page as String?), ("cursor", cursor)]
                    let answer = try await session.api.send(APIRequest(.get, "tags", query: query)).document
                    let tags = answer["data"].items ?? []
                    switch session.format {
                    case .json: try json.write(tags)
                    case .text: if !tags.isEmpty { try session.output.write(table.lines(tags.map(Self.row))) }
                    }
                    // A page without tags that has another one would never end.
                    cursor = tags.isEmpty ? nil : answer["next_cursor"].text
                } while cursor != nil
                if session.format == .json { try json.finish() }
            }
        }

        private static func row(_ tag: JSONValue) -> [String] {
            let count = tag["links"].number ?? 0
            return [tag["name"].text ?? "", tag["links_exact"].flag == false ? "\(count)+" : "\(count)"]
        }
    }

    package struct Rename: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(
            commandName: "rename", abstract: "Give all links that have a tag another one in its place.",
            discussion: ClientOptions.discussion)

        @Argument(help: "The tag")
        package var tag: String

        @Argument(help: "What it is to be called")
        package var name: String

        @OptionGroup package var client: ClientOptions

        package init() {}

        package func run() async throws {
            try await client.withClient { session in
                let body: JSONValue = ["name": .string(name)]
                try await session.changeAll { APIRequest(.patch, "tags", tag, body: body) }
            }
        }
    }

    package struct Delete: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Take a tag away from all links; no link is deleted.",
            discussion: ClientOptions.discussion)

        @Argument(help: "The tag")
        package var tag: String

        @OptionGroup package var client: ClientOptions

        package init() {}

        package func run() async throws {
            try await client.withClient { session in
                try await session.changeAll { APIRequest(.delete, "tags", tag) }
            }
        }
    }
}

extension ClientSession {
    /// Sends a request again and again until it has changed all links, and says how many these were.
    fileprivate func changeAll(_ request: () -> APIRequest) async throws {
        var changed = 0
        var isComplete = false
        while !isComplete {
            let answer: JSONValue
            do {
                answer = try await api.send(request()).document
            } catch let error as ClientError where error.kind == .notFound && changed > 0 {
                // The request before had changed the last one without knowing it.
                break
            }
            // A server that changes nothing more would be asked for ever.
            guard let count = answer["changed"].number, count > 0 || answer["complete"].flag == true else {
                throw ClientError(.failure, "\(api.server) does not say what it has changed")
            }
            changed = changed.addingReportingOverflow(count).partialValue
            isComplete = answer["complete"].flag == true
        }
        switch format {
        case .text: Exit.say("\(changed) \(changed == 1 ? "link" : "links") changed.")
        case .json: try output.write(TerminalText.json(["changed": .integer(changed), "complete": true]))
        }
    }
}
