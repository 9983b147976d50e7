package import ArgumentParser
import ShrinkrBase
import ShrinkrProcess

/// What a link can be given, when it is made and later. What is right, the server says.
package struct LinkSettingsOptions: ParsableArguments {
    @Option(help: "A title, for people")
    package var title: String?

    @Option(help: "A tag; repeat for several")
    package var tag: [String] = []

    @Option(help: ArgumentHelp("301, 302, 307 or 308 [302]", valueName: "status"))
    package var redirectStatus: Int?

    @Flag(inversion: .prefixedNo, help: "Whether the query of a followed link is added to the destination's [no]")
    package var forwardQuery: Bool?

    @Option(help: ArgumentHelp("When the link begins to work, such as 2027-01-31T08:00:00Z", valueName: "time"))
    package var startsAt: String?

    @Option(help: ArgumentHelp("When the link ends", valueName: "time"))
    package var expiresAt: String?

    @Option(help: ArgumentHelp("How long from now the link works, e.g. 30d", valueName: "duration"))
    package var expiresIn: String?

    @Option(help: ArgumentHelp("How often the link can be followed", valueName: "number"))
    package var maxVisits: Int?

    package init() {}

    package func validate() throws {
        guard let expiresIn else { return }
        guard expiresAt == nil else { throw ValidationError("--expires-at and --expires-in exclude each other") }
        guard Duration(shorthand: expiresIn) != nil else {
            throw ValidationError("--expires-in '\(expiresIn)' is not a duration; for example: --expires-in 30d")
        }
    }

    /// The members of the request that were given.
    ///
    /// - Parameter now: what `--expires-in` counts from.
    func members(at now: Timestamp) -> [JSONValue.Member] {
        let end = expiresIn.flatMap { Duration(shorthand: $0) }.map { now.advanced(by: $0).rfc3339 } ?? expiresAt
        return [
            title.map { .init("title", .string($0)) },
            tag.isEmpty ? nil : .init("tags", .array(tag.map { .string($0) })),
            redirectStatus.map { .init("redirect_status", .integer($0)) },
            forwardQuery.map { .init("forward_query", .bool($0)) },
            startsAt.map { .init("starts_at", .string($0)) },
            end.map { .init("expires_at", .string($0)) },
            maxVisits.map { .init("max_visits", .integer($0)) },
        ].compactMap { $0 }
    }
}
