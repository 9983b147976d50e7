package import ShrinkrBase

/// A short link as it is stored: what its owner set, and what Shrinkr keeps beside it.
package struct Link: Hashable, Sendable {
    package let code: ShortCode
    /// What the owner may set and change.
    package var settings: LinkSettings
    /// Visits taken from `settings.maximumVisits` so far.
    package var visitsUsed: Int
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Goes up by one with every change of the settings and every restoration; what the entity tag is made of. Visits do
    /// not change it.
    package var version: Int
    /// Since when the link is deleted; nil for a live link.
    package var deletedAt: Timestamp?

    package init(
        code: ShortCode, settings: LinkSettings, visitsUsed: Int = 0, createdAt: Timestamp, updatedAt: Timestamp,
        version: Int = 1, deletedAt: Timestamp? = nil
    ) {
        self.code = code
        self.settings = settings
        self.visitsUsed = visitsUsed
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
        self.deletedAt = deletedAt
    }

    /// Visits that may still be made; nil where there is no limit.
    package var visitsLeft: Int? {
        settings.maximumVisits.map { max(0, $0 - visitsUsed) }
    }

    /// Makes a deleted link live again.
    package mutating func restore(at now: Timestamp) {
        deletedAt = nil
        version += 1
        updatedAt = now
    }

    /// Whether the link can be followed at `now`, and if not, why.
    package func availability(at now: Timestamp) -> LinkAvailability {
        if !settings.enabled { return .disabled }
        if let start = settings.startsAt, now < start { return .notStarted }
        if let end = settings.expiresAt, now >= end { return .expired }
        if visitsLeft == 0 { return .exhausted }
        return .live
    }
}

/// Whether a link can be followed, and if not, why.
package enum LinkAvailability: Hashable, Sendable {
    case live, notStarted, expired, disabled, exhausted
}
