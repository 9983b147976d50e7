import HTTPTypes
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// How links look from outside.
struct LinkPresenter: Sendable {
    private let baseURL: String

    /// The public origin, without a slash at its end.
    var origin: String { baseURL }

    /// - Parameter baseURL: The public origin, without a slash at its end.
    init(baseURL: String) {
        self.baseURL = baseURL
    }

    func shortURL(_ code: ShortCode) -> String { "\(baseURL)/\(code)" }

    /// The link and its clicks as the API shows them where links are read.
    func json(_ counted: CountedLink) -> JSONValue {
        let clicks = counted.clicks
        return .object(
            members(counted.link) + [
                .init(
                    "clicks", ["people": .integer(clicks.tally.people), "bots": .integer(clicks.tally.bots)]),
                .init("last_clicked_at", .optional(clicks.last?.start.rfc3339)),
            ])
    }

    /// The link as the API shows it; absent options are null.
    func json(_ link: Link) -> JSONValue { .object(members(link)) }

    private func members(_ link: Link) -> [JSONValue.Member] {
        let settings = link.settings
        var members: [JSONValue.Member] = [
            .init("code", .string(link.code.text)),
            .init("short_url", .string(shortURL(link.code))),
            .init("url", .string(settings.url)),
            .init("title", .optional(settings.title)),
            .init("tags", .array(settings.tags.map { .string($0) })),
            .init("redirect_status", .integer(settings.redirectStatus.rawValue)),
            .init("forward_query", .bool(settings.forwardQuery)),
            .init("enabled", .bool(settings.enabled)),
            .init("starts_at", .optional(settings.startsAt?.rfc3339)),
            .init("expires_at", .optional(settings.expiresAt?.rfc3339)),
            .init("max_visits", .optional(settings.maximumVisits)),
            .init("visits_left", .optional(link.visitsLeft)),
            .init("created_at", .string(link.createdAt.rfc3339)),
            .init("updated_at", .string(link.updatedAt.rfc3339)),
        ]
        if let deletedAt = link.deletedAt { members.append(.init("deleted_at", .string(deletedAt.rfc3339))) }
        return members
    }

    /// The link as `caller` may see it. Who writes and does not read learns under which code a link is, and nothing of what
    /// others have written into it.
    func json(_ link: Link, for caller: Caller) -> JSONValue {
        guard !caller.may(.linksRead) else { return json(link) }
        return ["code": .string(link.code.text), "short_url": .string(shortURL(link.code))]
    }

    func answer(_ link: Link, status: HTTPResponse.Status, to caller: Caller) -> SavedAnswer {
        var headers: HTTPFields = [.eTag: EntityTag(link).text, .cacheControl: "no-store"]
        if status == .created { headers[.location] = "/api/v1/links/\(link.code)" }
        return SavedAnswer(status: status, headers: headers, json: json(link, for: caller))
    }
}
