import ShrinkrBase
import ShrinkrStore
import Synchronization

/// A key store that counts how often single keys are read, and how often it is asked whether there are any.
final class CountingKeyStore: APIKeyStore {
    private let base: any APIKeyStore
    private let count = Atomic(0)
    private let lookCount = Atomic(0)

    init(base: any APIKeyStore) { self.base = base }

    var reads: Int { count.load(ordering: .relaxed) }
    var looks: Int { lookCount.load(ordering: .relaxed) }

    func insert(_ key: APIKeyRecord, completing completion: IdempotentCompletion<Void>?) async throws {
        try await base.insert(key, completing: completion)
    }

    func apiKey(_ id: String) async throws -> APIKeyRecord? {
        count.add(1, ordering: .relaxed)
        return try await base.apiKey(id)
    }

    func hasAPIKeys() async throws -> Bool {
        lookCount.add(1, ordering: .relaxed)
        return try await base.hasAPIKeys()
    }

    func apiKeys(_ query: APIKeyQuery) async throws -> APIKeyPage { try await base.apiKeys(query) }

    func revokeAPIKey(_ id: String, at now: Timestamp) async throws -> Bool {
        try await base.revokeAPIKey(id, at: now)
    }

    func recordUses(of keys: [String: Timestamp]) async throws { try await base.recordUses(of: keys) }
}
