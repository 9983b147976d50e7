import Crypto
import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrStore

/// The `Idempotency-Key` of one request, with everything that gives it its scope.
struct IdempotencyKey {
    /// Most characters of the field.
    static let maximumLength = 255

    let reservation: IdempotencyReservation
    private let sealingKey: SymmetricKey

    /// Nil where the request has no such field.
    ///
    /// - Parameter path: what stands for the request's path, where several paths are one.
    /// - Throws: ``Problem`` (400) where the field is empty, too long, or has other than visible ASCII characters.
    init?(_ request: Request, path: String? = nil, caller: Caller, body: [UInt8]) throws {
        guard let key = request.headers.text(.idempotencyKey) else { return nil }
        guard (1...Self.maximumLength).contains(key.count), key.bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem.malformedRequest(
                "Idempotency-Key must have 1 to \(Self.maximumLength) visible ASCII characters.")
        }
        let scope = Array("\(caller.name)\n\(request.method)\n\(path ?? request.uri.path)\n".utf8) + Array(key.bytes)
        reservation = IdempotencyReservation(
            key: Array(SHA256.hash(data: scope)), fingerprint: Array(SHA256.hash(data: body)),
            token: (0..<16).map { _ in UInt8.random(in: .min ... .max) })
        // Saved answers can hold a new API key, so whoever reads the database must not be able to read them: they are
        // sealed with a key that only the client's own request gives, and of which the database has another hash.
        let secret = SymmetricKey(data: scope + Array(PresentedKey(request).bytes))
        sealingKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array("shrinkr idempotent answer".utf8), outputByteCount: 32)
    }

    func seal(_ bytes: [UInt8]) -> [UInt8]? {
        // Fails only for a nonce of another size than the default.
        (try? AES.GCM.seal(bytes, using: sealingKey))?.combined.map(Array.init)
    }

    /// Nil where the answer was sealed for a request with another key or caller.
    func open(_ bytes: [UInt8]) -> [UInt8]? {
        (try? AES.GCM.open(AES.GCM.SealedBox(combined: bytes), using: sealingKey)).map(Array.init)
    }
}
