import HTTPTypes
import ShrinkrCore
import ShrinkrStore

/// How links look from outside.
struct LinkPresenter: Sendable {
    private let baseURL: String

    /// - Parameter baseURL: The public origin, without a slash at its end.
    init(baseURL: String) {
        self.baseURL = baseURL
    }

    func shortURL(_ code: ShortCode) -> String { "\(baseURL)/\(code)" }

    /// The link as the API shows it; absent options are null.
    func json(_ link: Link) -> JSONValue {
        let settings = link.settings
        return [
            "code": .string(link.code.text),
            "short_url": .string(shortURL(link.code)),
            "url": .string(settings.url),
            "title": .optional(settings.title),
            "tags": .array(settings.tags.map { .string($0) }),
            "redirect_status": .integer(settings.redirectStatus.rawValue),
            "forward_query": .bool(settings.forwardQuery),
            "enabled": .bool(settings.enabled),
            "starts_at": .optional(settings.startsAt?.rfc3339),
            "expires_at": .optional(settings.expiresAt?.rfc3339),
            "max_visits": .optional(settings.maximumVisits),
            "visits_left": .optional(link.visitsLeft),
            "created_at": .string(link.createdAt.rfc3339),
            "updated_at": .string(link.updatedAt.rfc3339),
        ]
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
