import FoundationEssentials
import ShrinkrBase
import ShrinkrStore

/// API keys as `keys list --format json` shows them, in the form of `GET /api/v1/keys`.
struct KeyDocument: Encodable {
    private struct Key: Encodable {
        let id: String
        let name: String
        let scopes: [String]
        let createdAt: String
        let expiresAt: String?
        let revokedAt: String?
        let createdBy: String?
        let lastUsedAt: String?
        let isActive: Bool
    }

    private let data: [Key]

    static func json(_ keys: [APIKeyRecord], now: Timestamp) throws -> String {
        let keys = keys.map { key in
            Key(
                id: key.id, name: key.name, scopes: key.scopes.sorted().map(\.rawValue),
                createdAt: key.createdAt.rfc3339, expiresAt: key.expiresAt?.rfc3339,
                revokedAt: key.revokedAt?.rfc3339, createdBy: key.createdBy,
                lastUsedAt: key.lastUsedAt?.rfc3339, isActive: key.isActive(at: now))
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(KeyDocument(data: keys)), as: UTF8.self)
    }
}
