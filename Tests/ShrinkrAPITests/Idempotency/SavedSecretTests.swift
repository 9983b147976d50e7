import StoreTestSupport
import Testing

@testable import ShrinkrAPI
@testable import ShrinkrStore

/// A saved answer can hold a new API key; the database must not give it away.
@Suite struct SavedSecretTests {
    private static let body = #"{"name":"ci","scopes":["links:write"]}"#

    @Test func repetitionShowsTheSameSecret() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let fields: Fields = ["Idempotency-Key": "k1", "Authorization": "Bearer opensesame"]
            let first = try await api.post("/api/v1/keys", Self.body, fields: fields)
            #expect(first.status == 201)
            let again = try await api.post("/api/v1/keys", Self.body, fields: fields)
            #expect(again["idempotency-replayed"] == "true")
            #expect(again.body == first.body)
            #expect(again.json["key"]?.text?.hasPrefix("shk_") == true)
            #expect(await api.store.apiKeys.count == 1)
        }
    }

    @Test func savedBytesDoNotShowTheSecret() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let first = try await api.post(
                "/api/v1/keys", Self.body, fields: ["Idempotency-Key": "k1", "Authorization": "Bearer opensesame"])
            let key = try #require(first.json["key"]?.text)
            let secret = Array(try #require(key.split(separator: "_").last).utf8)
            let saved = await api.store.idempotencyKeys.values.compactMap(\.answer)
            #expect(saved.count == 1)
            for bytes in saved {
                #expect(bytes.firstRange(of: secret) == nil)
                #expect(bytes.firstRange(of: Array("shk_".utf8)) == nil)
            }
            let hash = await api.store.apiKeys.values.first?.secretHash ?? []
            #expect(hash.count == 32)
            #expect(hash != secret)
        }
    }

    @Test func listShowsNoSecret() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let fields: Fields = ["Authorization": "Bearer opensesame"]
            let key = try #require(try await api.post("/api/v1/keys", Self.body, fields: fields).json["key"]?.text)
            let list = try await api.get("/api/v1/keys", fields: fields)
            #expect(
                list.json["data"]?[0]?.names == [
                    "id", "name", "scopes", "created_at", "expires_at", "revoked_at", "created_by", "last_used_at",
                ])
            #expect(!list.text.contains(try #require(key.split(separator: "_").last)))
        }
    }
}
