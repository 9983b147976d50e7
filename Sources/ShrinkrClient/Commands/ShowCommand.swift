package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

/// `show`: one link with all that it has.
package struct ShowCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a link.", discussion: ClientOptions.discussion)

    @Argument(help: "The link's code or short URL")
    package var code: CodeArgument

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func run() async throws {
        try await client.withClient { session in
            let answer = try await session.api.send(APIRequest(.get, "links", code.code))
            try session.show(answer.document)
        }
    }
}

extension ClientSession {
    /// Prints a link as the server has answered with it.
    func show(_ document: JSONValue) throws {
        switch format {
        case .text: try output.write(LinkDocument(document).lines(screen: screen, at: WallClock.system.now()))
        case .json: try output.write(TerminalText.json(document))
        }
    }
}
