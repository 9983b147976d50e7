import Crypto
import HTTPTypes
import Hummingbird
import ShrinkrCore
import ShrinkrStore

/// Decides whether a request may do what it asks for.
struct Authenticator: Sendable {
    private let keys: any APIKeyStore
    private let bootstrapKey: SHA256.Digest?
    private let clients: ClientResolver
    private let clock: WallClock

    /// - Parameter bootstrapKey: A key from the configuration that opens everything; it need not look like ours.
    init(keys: any APIKeyStore, bootstrapKey: String?, clients: ClientResolver, clock: WallClock) {
        self.keys = keys
        self.bootstrapKey = bootstrapKey.map { SHA256.hash(data: Array($0.utf8)) }
        self.clients = clients
        self.clock = clock
    }

    /// Whether there is any key, so that managing links needs one.
    func requiresKey() async throws -> Bool {
        if bootstrapKey != nil { return true }
        return try await !keys.apiKeys(limit: 1).isEmpty
    }

    /// Who makes the request, if they may use `scope`.
    ///
    /// - Throws: ``Problem``: 401 without a valid key, 403 without the scope or, where no key is configured, from
    ///   another machine.
    func authorize(_ request: Request, peer: IPAddress?, scope: APIScope) async throws -> Caller {
        guard let text = Self.presentedKey(request) else { return try await authorizeWithoutKey(request, peer: peer) }
        if let bootstrapKey, SHA256.hash(data: Array(text.utf8)) == bootstrapKey { return Caller(name: "bootstrap") }
        guard let record = try await record(of: text) else { throw Problem.unauthorized("The API key is not known.") }
        guard record.isActive(at: clock.now()) else {
            throw Problem.unauthorized("The API key has \(record.revokedAt == nil ? "expired" : "been revoked").")
        }
        guard record.scopes.contains(scope) || record.scopes.contains(.admin) else {
            throw Problem.missingScope(scope.rawValue)
        }
        return Caller(name: "key:\(record.id)")
    }

    /// Nil where the text is no key, or none of ours. Whether the identifier exists is not to be told from the outside.
    private func record(of text: String) async throws -> APIKeyRecord? {
        guard let key = APIKey(text) else { return nil }
        let record = try await keys.apiKey(key.id)
        return key.matches(record) ? record : nil
    }

    private func authorizeWithoutKey(_ request: Request, peer: IPAddress?) async throws -> Caller {
        if try await requiresKey() {
            throw Problem.unauthorized("Send an API key: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.")
        }
        guard clients.isLocal(request, peer: peer) else { throw Problem.loopbackOnly }
        return Caller(name: "loopback")
    }

    /// The key that the request carries; empty where it carries something else in a key's place, or two keys; nil for
    /// none.
    static func presentedKey(_ request: Request) -> String? {
        let given = [request.headers[.authorization].map(bearerToken), request.headers[.xAPIKey]].compactMap(\.self)
        guard let key = given.first else { return nil }
        // A proxy might have looked at the other one.
        return given.allSatisfy { $0 == key } ? key : ""
    }

    /// Empty where the field is of another scheme: a key in the wrong place must not count as "no key".
    private static func bearerToken(_ field: String) -> String {
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
    }
}

/// Who makes a request: what an idempotency key belongs to.
struct Caller: Hashable, Sendable {
    let name: String
}
