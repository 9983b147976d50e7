package import ShrinkrBase

/// Which keys a page lists. Keys that open something come first, then the others; each newest first.
package struct APIKeyQuery: Hashable, Sendable {
    /// Most keys on the page.
    package var limit: Int
    /// The time at which keys are taken to be active or not. All pages of one list have the same, so that a key that is
    /// revoked or expires meanwhile keeps its place, and none is passed over.
    package var asOf: Timestamp
    /// The last key of the page before this one (``APIKeyPage/next``).
    package var after: Position?

    /// A key's place in the list.
    package struct Position: Hashable, Sendable {
        package let isActive: Bool
        package let createdAt: Timestamp
        package let id: String

        package init(isActive: Bool, createdAt: Timestamp, id: String) {
            self.isActive = isActive
            self.createdAt = createdAt
            self.id = id
        }

        /// The place of `key` in a list as of `time`.
        package init(_ key: APIKeyRecord, asOf time: Timestamp) {
            let isLive = (key.revokedAt.map { $0 > time } ?? true) && (key.expiresAt.map { $0 > time } ?? true)
            self.init(isActive: isLive, createdAt: key.createdAt, id: key.id)
        }

        /// Whether this place comes before `other`.
        package func precedes(_ other: Position) -> Bool {
            if isActive != other.isActive { return isActive }
            if createdAt != other.createdAt { return createdAt > other.createdAt }
            return other.id.utf8.lexicographicallyPrecedes(id.utf8)
        }
    }

    package init(limit: Int, asOf: Timestamp, after: Position? = nil) {
        self.limit = limit
        self.asOf = asOf
        self.after = after
    }
}

/// One page of keys.
package struct APIKeyPage: Hashable, Sendable {
    package let keys: [APIKeyRecord]
    /// Where the next page begins; nil on the last page.
    package let next: APIKeyQuery.Position?

    /// - Parameter found: The page's keys, and one more where there is another page.
    package init(_ found: [APIKeyRecord], of query: APIKeyQuery) {
        keys = Array(found.prefix(max(0, query.limit)))
        next = found.count > keys.count ? keys.last.map { .init($0, asOf: query.asOf) } : nil
    }
}

extension APIKeyStore {
    /// All keys, page after page, in the order of ``APIKeyQuery``.
    package func allAPIKeys(asOf time: Timestamp) async throws -> [APIKeyRecord] {
        var query = APIKeyQuery(limit: 1_000, asOf: time)
        var keys: [APIKeyRecord] = []
        repeat {
            let page = try await apiKeys(query)
            keys += page.keys
            query.after = page.next
        } while query.after != nil
        return keys
    }
}
