import Crypto
import ShrinkrBase
import ShrinkrStore

/// What the cookie of a person who has signed in holds: their key, sealed.
///
/// The seal (AES-GCM, NIST SP 800-38D) is made with a key that is derived from the hash which the database has of theirs.
/// So any process that shares the database opens it, and nothing else has to be kept or shared; who reads the database
/// cannot make a cookie, since that takes the key itself; who reads a cookie gets neither the key nor a day more than its
/// time, which the seal covers; and a key that is revoked ends its sessions, because each request presents it again.
struct WebSessions: Sendable {
    /// How long a session lasts, whatever is done in it.
    static let lifetime = Duration.seconds(7 * 86_400)
    /// What a cookie of somebody who has signed in begins with.
    static let prefix: StaticString = "1."
    /// Most bytes of a cookie that is looked at. Ours have about 300 and what the key of the configuration has.
    static let maximumLength = 2_048
    /// Most bytes of a key that a cookie can hold.
    static let maximumKeyLength = 512

    private let keys: any APIKeyStore
    private let bootstrapKey: String?

    /// - Parameter bootstrapKey: The key from the configuration.
    init(keys: any APIKeyStore, bootstrapKey: String?) {
        self.keys = keys
        self.bootstrapKey = bootstrapKey
    }

    /// The cookie's value for a key that was found right.
    func seal(_ key: UntrustedText, at now: Timestamp) throws -> String {
        let isOfConfiguration = bootstrapKey.map { key.equals($0) } ?? false
        let ours = isOfConfiguration ? nil : APIKey(key)
        guard isOfConfiguration || ours != nil, key.count <= Self.maximumKeyLength else { throw Problem.internalError }
        let hash = ours?.secretHash ?? Self.hash(key)
        let head = "1.\(ours?.id ?? "bootstrap").\(now.advanced(by: Self.lifetime).milliseconds)"
        let box = try AES.GCM.seal(
            Array(key.bytes), using: Self.key(hash), authenticating: Array(head.utf8))
        guard let sealed = box.combined else { throw Problem.internalError }
        return "\(head).\(Base64URL.text(of: sealed))"
    }

    /// The key in a cookie; nil where it is none of ours, or its time is over. Whether the key still opens anything is
    /// for ``Authenticator`` to say.
    func open(_ cookie: UntrustedText, at now: Timestamp) async throws -> UntrustedText? {
        guard cookie.count <= Self.maximumLength, let parts = cookie.split(on: ".", atMost: 4), parts.count == 4,
            parts[0].equals("1"), let id = parts[1].ascii, let end = parts[2].digits,
            now.milliseconds < Int64(end), let sealed = Base64URL.bytes(of: parts[3])
        else { return nil }
        // Without a record as much is done as with one, so that nobody learns which identifiers there are.
        let hash = try await hash(of: parts[1], id: id) ?? Self.hash(UntrustedText(bytes: []))
        let head = cookie.bytes.prefix(cookie.count - parts[3].count - 1)
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let key = try? AES.GCM.open(box, using: Self.key(hash), authenticating: Array(head))
        else { return nil }
        return UntrustedText(bytes: key)
    }

    private func hash(of name: UntrustedText, id: String) async throws -> [UInt8]? {
        if name.equals("bootstrap") { return bootstrapKey.map { Self.hash(UntrustedText($0)) } }
        // No identifier is looked up that cannot be one.
        guard name.count == 12 else { return nil }
        return try await keys.apiKey(id)?.secretHash
    }

    private static func hash(_ key: UntrustedText) -> [UInt8] { Array(SHA256.hash(data: Array(key.bytes))) }

    private static func key(_ hash: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: hash), info: Array("shrinkr page session 1".utf8), outputByteCount: 32)
    }
}
