package import ArgumentParser
import Glibc
import ShrinkrBase
import ShrinkrProcess

/// `delete`: deletes links, so that they can be restored or for good.
package struct DeleteCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete links; 'restore' brings them back.",
        discussion: """
            The short links answer 404 from now on. Their codes are never given to other links, and their statistics stay.

            \(ClientOptions.discussion)
            """)

    @Argument(help: "The links' codes or short URLs")
    package var code: [CodeArgument]

    @Flag(help: "For good: where the links led is forgotten, and nothing brings them back")
    package var purge = false

    @Flag(name: .shortAndLong, help: "Purge without asking")
    package var yes = false

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func validate() throws {
        guard !purge || yes || isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("--purge cannot be undone, and there is nobody to ask; say --yes")
        }
    }

    package func run() async throws {
        if purge, !yes {
            Exit.say("Remove \(code.map(\.code).joined(separator: ", ")) for good? Type yes to do so:")
            guard UntrustedText(readLine() ?? "").equals("yes") else {
                throw ClientError(.misuse, "Nothing was removed")
            }
        }
        try await client.withClient { session in
            for code in code {
                let query = [(name: "purge" as StaticString, value: purge ? "true" : nil)]
                _ = try await session.api.send(APIRequest(.delete, "links", code.code, query: query))
                Exit.say("\(code.code) is \(purge ? "removed for good" : "deleted").")
            }
        }
    }
}

/// `restore`: brings deleted links back.
package struct RestoreCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring deleted links back, with all that they had.",
        discussion: "'list --deleted' shows which there are.\n\n\(ClientOptions.discussion)")

    @Argument(help: "The links' codes or short URLs")
    package var code: [CodeArgument]

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func run() async throws {
        try await client.withClient { session in
            for code in code {
                try session.show(try await session.api.send(APIRequest(.post, "links", code.code, "restore")).document)
            }
        }
    }
}
