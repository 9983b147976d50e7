import Crypto
import Synchronization

/// Remembers derived signing keys: a key stays the same for one day, region, service and access key, and deriving it
/// costs four of the five HMACs of a signature.
package final class SigningKeyCache: Sendable {
    /// The most keys kept: a few services times the old and the new credentials around a refresh and midnight.
    static let maximumKeys = 16

    private struct Identity: Hashable {
        let date: String
        let scope: SigningScope
        let accessKeyID: String
        // Part of the identity so that a corrected secret for the same id is never masked by the cache.
        let secret: String
    }

    private struct Entries {
        var keys: [Identity: SymmetricKey] = [:]
        var oldestFirst: [Identity] = []
    }

    private let entries = Mutex(Entries())

    package init() {}

    /// The number of keys held.
    var count: Int {
        entries.withLock { $0.keys.count }
    }

    /// The signing key for these credentials on that day, derived at its first use.
    func key(for credentials: AWSCredentials, scope: SigningScope, date: String) -> SymmetricKey {
        let identity = Identity(
            date: date,
            scope: scope,
            accessKeyID: credentials.accessKeyID,
            secret: credentials.secretAccessKey
        )
        return entries.withLock { entries in
            if let key = entries.keys[identity] { return key }
            let key = Self.derive(identity)
            if entries.oldestFirst.count == Self.maximumKeys {
                entries.keys[entries.oldestFirst.removeFirst()] = nil
            }
            entries.keys[identity] = key
            entries.oldestFirst.append(identity)
            return key
        }
    }

    private static func derive(_ identity: Identity) -> SymmetricKey {
        let parts = [identity.date, identity.scope.region, identity.scope.service, "aws4_request"]
        let first = SymmetricKey(data: Array("AWS4\(identity.secret)".utf8))
        return parts.reduce(first) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }
}

/// Where a signature is valid: one region of one service.
package struct SigningScope: Sendable, Hashable {
    /// The region, such as `eu-central-1`.
    package let region: String
    /// The service's signing name, such as `sqs` or `s3`.
    package let service: String

    package init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// S3 signs paths as they are sent and wants the payload hash as a header
    /// (Amazon S3 API reference, "Signature Calculations for the Authorization Header").
    var isS3: Bool { service == "s3" }

    /// `date/region/service/aws4_request`.
    func text(at time: UTCTime) -> String {
        "\(time.dateStamp)/\(region)/\(service)/aws4_request"
    }
}
