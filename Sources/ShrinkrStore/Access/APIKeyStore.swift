package import ShrinkrBase

/// Where API keys live: their hashes, never the keys. Every method may throw ``StoreError``.
package protocol APIKeyStore: Sendable {
    /// Saves a new key.
    func insert(_ key: APIKeyRecord, completing completion: IdempotentCompletion<Void>?) async throws

    /// The key with this identifier, revoked or not.
    func apiKey(_ id: String) async throws -> APIKeyRecord?

    /// Whether there is any key, revoked or not.
    func hasAPIKeys() async throws -> Bool

    /// One page of all keys, revoked and expired ones included.
    func apiKeys(_ query: APIKeyQuery) async throws -> APIKeyPage

    /// Revokes a key; an already revoked key keeps its first time. False where there is no such key.
    func revokeAPIKey(_ id: String, at now: Timestamp) async throws -> Bool

    /// Notes when keys were last used, by identifier (text: we made them); an earlier time than the one known, and a key that is not there,
    /// change nothing.
    func recordUses(of keys: [String: Timestamp]) async throws
}

/// An API key as it is stored.
package struct APIKeyRecord: Hashable, Sendable {
    /// The public part of the key, by which it is found.
    package let id: String
    package let name: String
    package let scopes: Set<APIScope>
    /// SHA-256 of the secret part; the secret is random, so a fast hash is enough.
    package let secretHash: [UInt8]
    package let createdAt: Timestamp
    package let expiresAt: Timestamp?
    package var revokedAt: Timestamp?
    /// Who made it: `key:<id>`, `bootstrap`, `loopback` or `command-line`; nil for keys from before that was kept.
    package let createdBy: String?
    /// When it last opened something, to a minute; nil where it never has.
    package var lastUsedAt: Timestamp?

    package init(
        id: String, name: String, scopes: Set<APIScope>, secretHash: [UInt8], createdAt: Timestamp,
        expiresAt: Timestamp?, revokedAt: Timestamp? = nil, createdBy: String? = nil, lastUsedAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.secretHash = secretHash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.createdBy = createdBy
        self.lastUsedAt = lastUsedAt
    }

    /// Whether the key opens anything at `now`.
    package func isActive(at now: Timestamp) -> Bool {
        revokedAt == nil && expiresAt.map { now < $0 } ?? true
    }
}

/// What a key may do.
package enum APIScope: String, CaseIterable, Hashable, Sendable, Comparable {
    case linksRead = "links:read"
    case linksWrite = "links:write"
    case statsRead = "stats:read"
    /// Everything, keys included.
    case admin

    package static func < (left: APIScope, right: APIScope) -> Bool { left.rawValue < right.rawValue }
}

extension Set<APIScope> {
    /// The scopes in the form in which databases keep them, with spaces between.
    // text: the scopes are values of an enumeration.
    package var text: String { sorted().map(\.rawValue).joined(separator: " ") }

    /// Scopes as a database keeps them. One that this version does not know opens nothing.
    package init(text: String) {
        // text: written by a store.
        self.init(text.split(separator: " ").compactMap { APIScope(rawValue: String($0)) })
    }
}
