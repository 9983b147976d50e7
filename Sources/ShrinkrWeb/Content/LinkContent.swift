package import ShrinkrBase

/// A link as the API shows it (`GET /api/v1/links/{code}`), for a page.
package struct LinkContent: Sendable {
    package let code: String
    package let shortURL: String
    package let url: String
    package let title: String?
    package let tags: [String]
    package let redirectStatus: Int
    package let forwardsQuery: Bool
    package let isEnabled: Bool
    package let startsAt: String?
    package let expiresAt: String?
    package let maximumVisits: Int?
    package let visitsLeft: Int?
    package let createdAt: String
    package let updatedAt: String
    package let deletedAt: String?
    package let people: Int
    package let bots: Int
    package let lastClickedAt: String?

    package init(_ json: JSONValue) {
        code = json[member: "code"].text ?? ""
        shortURL = json[member: "short_url"].text ?? ""
        url = json[member: "url"].text ?? ""
        title = json[member: "title"].text.map(VisibleText.of)
        tags = json[member: "tags"].items.compactMap(\.text)
        redirectStatus = json[member: "redirect_status"].integer ?? 302
        forwardsQuery = json[member: "forward_query"].isTrue
        isEnabled = json[member: "enabled"].isTrue
        startsAt = json[member: "starts_at"].text
        expiresAt = json[member: "expires_at"].text
        maximumVisits = json[member: "max_visits"].integer
        visitsLeft = json[member: "visits_left"].integer
        createdAt = json[member: "created_at"].text ?? ""
        updatedAt = json[member: "updated_at"].text ?? ""
        deletedAt = json[member: "deleted_at"].text
        people = json[member: "clicks"][member: "people"].integer ?? 0
        bots = json[member: "clicks"][member: "bots"].integer ?? 0
        lastClickedAt = json[member: "last_clicked_at"].text
    }

    /// The short URL without its scheme, as people say it.
    package var spoken: String { Self.withoutScheme(shortURL) }

    /// The host of the short URL.
    var spokenHost: String { UntrustedText(spoken).cutAtLast("/").before?.string ?? "" }

    /// Where the link leads, without the scheme.
    package var spokenDestination: String { Self.withoutScheme(url) }

    /// Why the link is not followed at `now`, in a word; nil where it is.
    package func obstacle(at now: Timestamp) -> (word: String, kind: String)? {
        if deletedAt != nil { return ("Deleted", "bad") }
        if !isEnabled { return ("Disabled", "warn") }
        if let end = expiresAt.flatMap({ Timestamp(rfc3339: $0) }), end <= now { return ("Expired", "bad") }
        if visitsLeft == 0 { return ("Used up", "bad") }
        if let start = startsAt.flatMap({ Timestamp(rfc3339: $0) }), start > now { return ("Scheduled", "warn") }
        return nil
    }

    private static func withoutScheme(_ url: String) -> String {
        let text = UntrustedText(url)
        for scheme: StaticString in ["https://", "http://"] where text.begins(with: scheme) {
            return text.dropFirst(scheme.utf8CodeUnitCount).string
        }
        return url
    }
}
