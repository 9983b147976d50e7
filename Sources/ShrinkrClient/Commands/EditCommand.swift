package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

/// `edit`: changes a link.
package struct EditCommand: AsyncParsableCommand {
    /// What can be put back to its default.
    package enum Member: String, CaseIterable, ExpressibleByArgument, Sendable {
        case title, tags
        case redirectStatus = "redirect-status"
        case startsAt = "starts-at"
        case expiresAt = "expires-at"
        case maxVisits = "max-visits"

        /// As the API calls it.
        var name: String {
            switch self {
            case .title: "title"
            case .tags: "tags"
            case .redirectStatus: "redirect_status"
            case .startsAt: "starts_at"
            case .expiresAt: "expires_at"
            case .maxVisits: "max_visits"
            }
        }
    }

    package static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a link.",
        discussion: """
            Changes what is given and nothing else.

              \(ProcessEnvironment.program) edit sale --url https://example.com/new --clear expires-at
              \(ProcessEnvironment.program) edit sale --disable
              \(ProcessEnvironment.program) edit sale --add-tag summer --remove-tag spring

            \(ClientOptions.discussion)
            """)

    @Argument(help: "The link's code or short URL")
    package var code: CodeArgument

    @Option(help: "Where the link leads")
    package var url: String?

    @OptionGroup package var settings: LinkSettingsOptions

    @Option(help: "A tag more, beside those that the link has; repeat for several")
    package var addTag: [String] = []

    @Option(help: "A tag less; repeat for several")
    package var removeTag: [String] = []

    @Flag(help: "Let the link be followed again")
    package var enable = false

    @Flag(help: "Let nobody follow the link")
    package var disable = false

    @Option(help: ArgumentHelp("Put back to the default; repeat for several", valueName: "member"))
    package var clear: [Member] = []

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func validate() throws {
        guard !enable || !disable else { throw ValidationError("--enable and --disable exclude each other") }
        guard settings.tag.isEmpty || !changesTags else {
            throw ValidationError("--tag replaces all tags; it goes with neither --add-tag nor --remove-tag")
        }
        let given = members(tags: nil)
        guard !given.isEmpty || changesTags else {
            throw ValidationError("nothing is to be changed; for example: --title 'Summer sale'")
        }
        let names = given.map(\.name)
        for member in clear where names.filter({ $0.equals(member.name) }).count > 1 {
            throw ValidationError("--\(member.rawValue) is given and cleared")
        }
        guard !changesTags || !clear.contains(.tags) else { throw ValidationError("tags are changed and cleared") }
    }

    private var changesTags: Bool { !addTag.isEmpty || !removeTag.isEmpty }

    package func run() async throws {
        try await client.withClient { session in
            let path = APIRequest(.get, "links", code.code)
            let (tags, entityTag) = changesTags ? try await changedTags(session.api.send(path)) : (nil, nil)
            let change = APIRequest(.patch, "links", code.code, body: .object(members(tags: tags)))
            try session.show(try await session.api.send(change.ifMatch(entityTag)).document)
        }
    }

    /// The tags that the link is to have, and the entity tag of the link that has the present ones.
    private func changedTags(_ answer: APIAnswer) -> ([String]?, String?) {
        let removed = removeTag.map { UntrustedText($0).normalised }
        let tags = LinkDocument(answer.document).tags + addTag
        return (tags.filter { !removed.contains(UntrustedText($0).normalised) }, answer.entityTag)
    }

    private func members(tags: [String]?) -> [JSONValue.Member] {
        (url.map { [.init("url", .string($0))] } ?? []) + settings.members(at: WallClock.system.now())
            + (tags.map { [.init("tags", .array($0.map { .string($0) }))] } ?? [])
            + (enable ? [.init("enabled", true)] : []) + (disable ? [.init("enabled", false)] : [])
            + clear.map { .init($0.name, .null) }
    }
}
