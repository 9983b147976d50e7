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
        return try await keys.hasAPIKeys()
    }

    /// Who makes the request, if they may use `scope`.
    ///
    /// - Throws: ``Problem``: 401 without a valid key, 403 without the scope or, where no key is configured, from
    ///   another machine.
    func authorize(_ request: Request, peer: IPAddress?, scope: APIScope) async throws -> Caller {
        let text: UntrustedText
        switch PresentedKey(request) {
        case .none: return try await authorizeWithoutKey(request, peer: peer)
        case .unusable(let advice): throw Problem.unauthorized(advice)
        case .key(let key): text = key
        }
        if let bootstrapKey, SHA256.hash(data: Array(text.bytes)) == bootstrapKey { return Caller(name: "bootstrap") }
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
    private func record(of text: UntrustedText) async throws -> APIKeyRecord? {
        guard let key = APIKey(text) else { return nil }
        let record = try await keys.apiKey(key.id)
        return key.matches(record) ? record : nil
    }

    private func authorizeWithoutKey(_ request: Request, peer: IPAddress?) async throws -> Caller {
        if try await requiresKey() {
            throw Problem.unauthorized(PresentedKey.advice)
        }
        guard clients.isLocal(request, peer: peer) else { throw Problem.loopbackOnly }
        return Caller(name: "loopback")
    }
}

/// Who makes a request: what an idempotency key belongs to.
struct Caller: Hashable, Sendable {
    let name: String
}
