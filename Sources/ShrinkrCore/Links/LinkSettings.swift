package import ShrinkrBase

/// Everything about a link that its owner may set. Two links with equal settings are equal for `reuse`; texts are equal
/// where their bytes are, as in the database.
package struct LinkSettings: Sendable {
    /// The destination, as ``DestinationURL`` serialises it.
    package var url: String
    package var title: String?
    /// Without duplicates, sorted by their bytes.
    package var tags: [String]
    package var redirectStatus: RedirectStatus
    /// Whether the query of a followed link is added to the destination's.
    package var forwardQuery: Bool
    package var enabled: Bool
    /// The first instant at which the link works.
    package var startsAt: Timestamp?
    /// The first instant at which the link no longer works.
    package var expiresAt: Timestamp?
    /// How many times the link may be followed.
    package var maximumVisits: Int?

    package init(
        url: String, title: String? = nil, tags: [String] = [], redirectStatus: RedirectStatus = .found,
        forwardQuery: Bool = false, enabled: Bool = true, startsAt: Timestamp? = nil, expiresAt: Timestamp? = nil,
        maximumVisits: Int? = nil
    ) {
        self.url = url
        self.title = title
        self.tags = Set(tags.map { UntrustedText($0) }).sorted(by: UntrustedText.precedes).map(\.string)
        self.redirectStatus = redirectStatus
        self.forwardQuery = forwardQuery
        self.enabled = enabled
        self.startsAt = startsAt
        self.expiresAt = expiresAt
        self.maximumVisits = maximumVisits
    }
}

extension LinkSettings: Hashable {
    package static func == (left: LinkSettings, right: LinkSettings) -> Bool {
        left.texts == right.texts && left.redirectStatus == right.redirectStatus
            && left.forwardQuery == right.forwardQuery && left.enabled == right.enabled
            && left.startsAt == right.startsAt && left.expiresAt == right.expiresAt
            && left.maximumVisits == right.maximumVisits
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(texts)
        hasher.combine(redirectStatus)
    }

    private var texts: [UntrustedText?] {
        [UntrustedText(url), title.map { UntrustedText($0) }] + tags.map { UntrustedText($0) }
    }
}

/// The HTTP status of a redirect (RFC 9110, section 15.4).
package enum RedirectStatus: Int, CaseIterable, Hashable, Sendable {
    case movedPermanently = 301
    case found = 302
    case temporaryRedirect = 307
    case permanentRedirect = 308

    /// Whether a client repeats its request with the same method and body (RFC 9110, sections 15.4.8 and 15.4.9).
    package var keepsMethod: Bool { self == .temporaryRedirect || self == .permanentRedirect }
}

/// Bounds of a link's members. The destination's own bounds are in ``DestinationURL``.
package enum LinkLimits {
    /// Most characters (Unicode scalars) of a title.
    package static let titleLength = 300
    /// Most tags of one link.
    package static let tags = 20
    /// Most characters (Unicode scalars) of a tag.
    package static let tagLength = 50
    /// Largest visit limit: the largest integer that JSON readers agree on (RFC 8259, section 6).
    package static let maximumVisits = 9_007_199_254_740_991
    /// Most items of one batch.
    package static let batchItems = 1_000
}
