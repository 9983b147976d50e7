import ShrinkrStore

/// Who makes a request: what an idempotency key belongs to, whose limit counts, and whom the log names.
struct Caller: Hashable, Sendable {
    /// Whoever has the key of the configuration.
    static let bootstrap = Caller(name: "bootstrap")
    /// A program of this machine, as long as there is no key.
    static let loopback = Caller(name: "loopback")

    /// `key:<id>`, `bootstrap` or `loopback`.
    let name: String
    /// The key's identifier, if it is one of ours.
    let keyID: String?
    private let scopes: Set<APIScope>

    /// Somebody who may do everything.
    init(name: String) {
        self.name = name
        keyID = nil
        scopes = [.admin]
    }

    init(_ key: APIKeyRecord) {
        name = "key:\(key.id)"
        keyID = key.id
        scopes = key.scopes
    }

    func may(_ scope: APIScope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }
}
