import Crypto
package import ShrinkrBase
package import ShrinkrStore

/// An API key as its owner holds it: `shk_<id>_<secret>`.
///
/// The identifier finds the stored record, the secret proves the key. The prefix lets secret scanners recognise it.
package struct APIKey: Sendable, CustomStringConvertible {
    /// Random bytes of the secret: 256 bits, so that a fast hash protects it.
    static let secretBytes = 32

    package let id: String
    private let secret: String

    /// A new key from the system's secure random generator.
    package init() {
        id = Self.random(bytes: 6)
        secret = Self.random(bytes: Self.secretBytes)
    }

    /// Nil where the text does not look like a key.
    package init?(_ text: UntrustedText) {
        guard let parts = text.split(on: "_", atMost: 3), parts.count == 3, parts[0].equals("shk"),
            parts[1].count == 12, parts[2].count == Self.secretBytes * 2, let id = parts[1].ascii,
            let secret = parts[2].ascii
        else { return nil }
        (self.id, self.secret) = (id, secret)
    }

    /// The whole key, for the one time that it is shown.
    package var text: String { "shk_\(id)_\(secret)" }

    /// SHA-256 of the secret, as it is stored.
    package var secretHash: [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

    /// Whether the record is this key's. Takes the same steps where there is no record, and the same time wherever the
    /// hashes differ: `==` of digests compares in constant time. How long it takes tells nobody anything.
    package func matches(_ record: APIKeyRecord?) -> Bool {
        let isEqual = SHA256.hash(data: Array(secret.utf8)) == record?.secretHash ?? Self.noHash
        return isEqual && record != nil
    }

    /// What stands in for a missing record's hash.
    private static let noHash = [UInt8](repeating: 0, count: SHA256.byteCount)

    package var description: String { "shk_\(id)_…" }

    private static func random(bytes count: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: (0..<count * 2).map { _ in digits[Int.random(in: 0..<16)] }, as: UTF8.self)
    }
}
