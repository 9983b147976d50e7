import ShrinkrBase
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// `/api/v1/keys`.
@Suite struct KeyTests {
    private static let admin: Fields = ["Authorization": "Bearer opensesame"]

    private func withKeys(_ test: (TestAPI) async throws -> Void) async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }, test: test)
    }

    @Test func newKeyIsShownOnceAndWorks() async throws {
        try await withKeys { api in
            let answer = try await api.post(
                "/api/v1/keys",
                #"{"name":"ci","scopes":["links:write","links:read"],"expires_at":"2026-04-01T00:00:00Z"}"#,
                fields: Self.admin)
            #expect(answer.status == 201)
            #expect(answer["cache-control"] == "no-store")
            let key = try #require(answer.json["key"]?.text)
            let id = try #require(answer.json["id"]?.text)
            #expect(key.wholeMatch(of: /shk_[0-9a-f]{12}_[0-9a-f]{64}/) != nil)
            #expect(key.contains("_\(id)_"))
            #expect(
                answer.json == [
                    "id": .string(id), "name": "ci", "scopes": ["links:read", "links:write"],
                    "created_at": "2026-03-10T12:00:00Z", "expires_at": "2026-04-01T00:00:00Z", "revoked_at": .null,
                    "created_by": "bootstrap", "last_used_at": .null, "key": .string(key),
                ])
            #expect(try await api.get("/api/v1/links", fields: ["X-Api-Key": key]).status == 200)
            #expect(try await api.get("/api/v1/keys", fields: ["X-Api-Key": key]).status == 403)
        }
    }

    @Test func revokedKeyOpensNothingAtOnce() async throws {
        try await withKeys { api in
            let answer = try await api.post(
                "/api/v1/keys", #"{"name":"ci","scopes":["links:read"]}"#, fields: Self.admin)
            let (key, id) = (try #require(answer.json["key"]?.text), try #require(answer.json["id"]?.text))
            #expect(try await api.get("/api/v1/links", fields: ["X-Api-Key": key]).status == 200)
            api.clock.advance(by: .seconds(60))
            let revocation = try await api.send("DELETE", "/api/v1/keys/\(id)", fields: Self.admin)
            #expect(revocation.status == 204)
            #expect(revocation.body.isEmpty)
            expectProblem(try await api.get("/api/v1/links", fields: ["X-Api-Key": key]), 401, "unauthorized")
            let list = try await api.get("/api/v1/keys", fields: Self.admin)
            #expect(list.json["data"]?[0]?["revoked_at"] == "2026-03-10T12:01:00Z")
            #expect(try await api.send("DELETE", "/api/v1/keys/\(id)", fields: Self.admin).status == 204)
        }
    }

    @Test func unknownKeyIsNotFound() async throws {
        try await withKeys { api in
            expectProblem(try await api.send("DELETE", "/api/v1/keys/nothing", fields: Self.admin), 404, "not-found")
        }
    }

    @Test(arguments: [
        ("{}", ["/name required", "/scopes required"]), (#"{"name":"n","scopes":null}"#, ["/scopes required"]),
        (#"{"name":"n","scopes":[]}"#, ["/scopes out_of_range"]),
        (#"{"name":"n","scopes":"admin"}"#, ["/scopes wrong_type"]),
        (#"{"name":"n","scopes":["everything"]}"#, ["/scopes invalid"]),
        (#"{"name":"n","scopes":["admin",1]}"#, ["/scopes/1 wrong_type"]),
        (#"{"name":"","scopes":["admin"]}"#, ["/name too_short"]),
        (#"{"name":5,"scopes":["admin"]}"#, ["/name wrong_type"]),
        (#"{"name":"\#(String(repeating: "n", count: 101))","scopes":["admin"]}"#, ["/name too_long"]),
        (#"{"name":"n","scopes":["admin"],"expires_at":"2026-03-10T12:00:00Z"}"#, ["/expires_at invalid"]),
        (#"{"name":"n","scopes":["admin"],"key":"mine"}"#, ["/key unknown_member"]),
    ])
    func wrongKeyIsRefused(_ body: String, _ complaints: [String]) async throws {
        try await withKeys { api in
            let answer = try await api.post("/api/v1/keys", body, fields: Self.admin)
            expectProblem(answer, 422, "validation")
            #expect(answer.complaints == complaints)
        }
    }

    /// Every key is shown once, however many there are: what opens something first, then the rest, each newest first.
    /// A key that is revoked between two pages keeps its place, so that none is passed over.
    @Test func listPagesThroughAllKeys() async throws {
        try await withKeys { api in
            for number in 1...7 {
                let record = APIKeyRecord(
                    id: "k\(number)", name: "n", scopes: [.linksRead], secretHash: [1],
                    createdAt: TestClock.start.advanced(by: .seconds(number - 10)),
                    expiresAt: number == 6 ? TestClock.start : nil)
                try await api.store.insert(record, completing: nil)
            }
            _ = await api.store.revokeAPIKey("k7", at: TestClock.start)
            var (ids, cursor): ([String], String?) = ([], nil)
            repeat {
                let query = "limit=2" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await api.get("/api/v1/keys?\(query)", fields: Self.admin)
                try #require(page.status == 200, "\(page.text)")
                ids += page.json["data"]?.elements.compactMap { $0["id"]?.text } ?? []
                cursor = page.json["next_cursor"]?.text
                api.clock.advance(by: .seconds(1))
                _ = await api.store.revokeAPIKey("k3", at: api.clock.now)
            } while cursor != nil
            #expect(ids == ["k5", "k4", "k3", "k2", "k1", "k7", "k6"])
        }
    }

    @Test(arguments: [
        ("limit=0", "?limit out_of_range"), ("limit=1001", "?limit out_of_range"), ("q=a", "?q unknown_parameter"),
        ("cursor=", "?cursor too_short"), ("cursor=abc", "?cursor invalid"), ("cursor=MS4xLjIueA", "?cursor invalid"),
        ("cursor=%CC%81%CC%96", "?cursor invalid"), ("cursor=MS4xLjEuw6k", "?cursor invalid"),
    ])
    func wrongListIsRefused(_ query: String, _ complaint: String) async throws {
        try await withKeys { api async throws in
            #expect(try await api.get("/api/v1/keys?\(query)", fields: Self.admin).complaints == [complaint])
        }
    }
}

@Suite struct APIKeyTests {
    @Test func textIsReadBack() throws {
        let key = APIKey()
        let read = try #require(APIKey(UntrustedText(key.text)))
        #expect(read.id == key.id)
        #expect(read.secretHash == key.secretHash)
        #expect(APIKey().text != key.text)
    }

    @Test(arguments: [
        "", "shk", "shk__", "shx_000000000000_" + String(repeating: "0", count: 64), "shk_0_0", "a_b_c_d",
    ])
    func otherTextIsNoKey(_ text: String) {
        #expect(APIKey(UntrustedText(text)) == nil)
    }

    @Test func descriptionKeepsTheSecret() throws {
        let key = APIKey()
        let secret = try #require(key.text.split(separator: "_").last)
        #expect(!"\(key)".contains(secret))
        #expect("\(key)".contains(key.id))
    }

    @Test func onlyItsOwnRecordMatches() {
        let (key, other) = (APIKey(), APIKey())
        func record(_ hash: [UInt8]) -> APIKeyRecord {
            APIKeyRecord(
                id: key.id, name: "n", scopes: [], secretHash: hash, createdAt: TestClock.start, expiresAt: nil)
        }
        #expect(key.matches(record(key.secretHash)))
        #expect(!key.matches(record(other.secretHash)))
        #expect(!key.matches(record([])))
        #expect(!key.matches(record(Array(key.secretHash.dropLast()))))
        #expect(!key.matches(record([UInt8](repeating: 0, count: 32))))
        #expect(!key.matches(nil))
        for bit in 0..<256 {
            var hash = key.secretHash
            hash[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.matches(record(hash)))
        }
    }
}
