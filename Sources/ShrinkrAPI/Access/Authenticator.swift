import Crypto
import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrStore
import Synchronization

/// Decides whether a request may do what it asks for.
struct Authenticator: Sendable {
    private let keys: any APIKeyStore
    private let bootstrapKey: SHA256.Digest?
    private let clients: ClientResolver
    private let pages: PageOrigins
    private let owners: ConnectionOwners
    private let limit: RatePolicy
    private let audit: Audit
    private let uses: KeyUses
    private let clock: WallClock
    private let proven = ProvenKeys()
    private let keysExist = KeysExist()

    /// Whether a key was found: from the first one on everybody needs one, for good, so nobody has to look again.
    private final class KeysExist: Sendable {
        let isKnown = Atomic(false)
    }

    /// - Parameters:
    ///   - bootstrapKey: A key from the configuration that opens everything; it need not look like ours.
    ///   - pages: Whose web pages may change anything as long as there is no key.
    ///   - owners: Tells whose programs talk to us over loopback.
    ///   - limit: How many keys that open nothing one address may present.
    init(
        keys: any APIKeyStore, bootstrapKey: String?, clients: ClientResolver, pages: PageOrigins,
        owners: ConnectionOwners, limit: RatePolicy, audit: Audit, uses: KeyUses, clock: WallClock
    ) {
        self.keys = keys
        self.bootstrapKey = bootstrapKey.map { SHA256.hash(data: Array($0.utf8)) }
        self.clients = clients
        self.pages = pages
        self.owners = owners
        self.limit = limit
        self.audit = audit
        self.uses = uses
        self.clock = clock
    }

    /// Whether there is any key, so that managing links needs one.
    func requiresKey() async throws -> Bool {
        if bootstrapKey != nil || keysExist.isKnown.load(ordering: .relaxed) { return true }
        guard try await keys.hasAPIKeys() else { return false }
        keysExist.isKnown.store(true, ordering: .relaxed)
        return true
    }

    /// Who makes the request, if they may use `scope`.
    ///
    /// - Throws: ``Problem``: 401 without a valid key, 403 without the scope or, where no key is configured, from
    ///   another machine or user, 429 after too many wrong keys.
    func authorize(_ request: Request, _ context: APIContext, scope: APIScope) async throws -> Caller {
        let caller = try await identify(request, context)
        guard caller.may(scope) else {
            refused(.scope, key: caller.keyID, request, context)
            throw Problem.missingScope(scope.rawValue)
        }
        return caller
    }

    /// Who makes the request.
    ///
    /// - Throws: ``Problem`` as ``authorize(_:_:scope:)``, but for the scope.
    func identify(_ request: Request, _ context: APIContext) async throws -> Caller {
        let caller = try await caller(request, context)
        context.trail?.caller = caller.name
        return caller
    }

    private func caller(_ request: Request, _ context: APIContext) async throws -> Caller {
        let text: UntrustedText
        switch PresentedKey(request) {
        case .none: return try await callerWithoutKey(request, context)
        case .unusable(let advice): throw Problem.unauthorized(advice)
        case .key(let key): text = key
        }
        let digest = SHA256.hash(data: Array(text.bytes))
        let address = clients.address(of: request, peer: context.peer)
        let isProven = proven.contains(digest)
        // Taken before the key is compared or looked up, so that guesses learn nothing and cost no look at the database
        // once there were too many.
        if !isProven { try limit.take(.init(address)) }
        if let bootstrapKey, digest == bootstrapKey {
            if !isProven { prove(digest, address) }
            return .bootstrap
        }
        guard let record = try await recordOrToken(of: text, address, isProven: isProven) else {
            refused(.unknown, key: nil, request, context)
            throw Problem.unauthorized("The API key is not known.")
        }
        guard record.isActive(at: clock.now()) else {
            proven.remove(digest)
            refused(record.revokedAt == nil ? .expired : .revoked, key: record.id, request, context)
            throw Problem.unauthorized("The API key has \(record.revokedAt == nil ? "expired" : "been revoked").")
        }
        if !isProven { prove(digest, address) }
        uses.note(record.id, at: clock.now())
        return Caller(record)
    }

    /// Makes a key known that was made just now: it is right from its first use on.
    func prove(_ key: APIKey) { proven.insert(SHA256.hash(data: Array(key.text.utf8))) }

    /// Remembers a key that is right, and gives the token back that it has cost.
    private func prove(_ digest: SHA256.Digest, _ address: IPAddress?) {
        proven.insert(digest)
        limit.giveBack(.init(address))
    }

    private func refused(_ refusal: Audit.Refusal, key id: String?, _ request: Request, _ context: APIContext) {
        audit.refused(refusal, key: id, from: clients.address(of: request, peer: context.peer), context)
    }

    /// As ``record(of:)``; where the store cannot say, the key is not held against its sender.
    private func recordOrToken(
        of text: UntrustedText, _ address: IPAddress?, isProven: Bool
    ) async throws -> APIKeyRecord? {
        do {
            return try await record(of: text)
        } catch {
            if !isProven { limit.giveBack(.init(address)) }
            throw error
        }
    }

    /// Nil where the text is no key, or none of ours. Whether the identifier exists is not to be told from the outside.
    private func record(of text: UntrustedText) async throws -> APIKeyRecord? {
        guard let key = APIKey(text) else { return nil }
        let record = try await keys.apiKey(key.id)
        return key.matches(record) ? record : nil
    }

    private func callerWithoutKey(_ request: Request, _ context: APIContext) async throws -> Caller {
        if try await requiresKey() {
            throw Problem.unauthorized(PresentedKey.advice)
        }
        if let origin = clients.foreignOrigin(of: request, peer: context.peer) { throw Problem.loopbackOnly(origin) }
        // A browser sends some requests of any page to this machine without asking first (Fetch standard, section 3.2.2).
        guard !pages.refuse(request) else { throw Problem.loopbackOnly(.otherPage) }
        guard await owners.isOurs(context.channel) else { throw Problem.loopbackOnly(.otherUser) }
        return .loopback
    }
}

/// The keys that opened something not long ago, by their hash.
///
/// A proven key is not held back when others at its address have presented too many wrong ones. It is looked up all the
/// same, so one that was revoked opens nothing.
final class ProvenKeys: Sendable {
    /// Most keys that are remembered.
    private static let capacity = 4_096

    private let keys = Mutex(ClockCache<SHA256.Digest, Void>(capacity: ProvenKeys.capacity))

    func contains(_ key: SHA256.Digest) -> Bool { keys.withLock { $0.value(for: key) != nil } }

    func insert(_ key: SHA256.Digest) {
        keys.withLock { keys in
            if keys.value(for: key) == nil { keys.insert((), for: key, cost: 1) }
        }
    }

    func remove(_ key: SHA256.Digest) { keys.withLock { $0.remove(key) } }
}
