import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// What the log and the metrics tell of who did what.
@Suite struct AuditTests {
    private static let link = #"{"url":"https://example.com/","code":"mine"}"#
    private static let admin: Fields = ["X-Api-Key": "opensesame"]

    private func withAudit(showing key: String, _ test: (TestAPI, LogLines) async throws -> Void) async throws {
        let lines = LogLines(showing: key)
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }, replace: { $0.logger = lines.logger }) { api in
            try await test(api, lines)
        }
    }

    private func count(_ api: TestAPI, _ event: Audit.Event) throws -> UInt64 {
        try api.registry.counter("shrinkr_audit_events_total", help: "", labels: ["event": event.rawValue]).value
    }

    @Test func changesOfLinksAreTold() async throws {
        for (key, value) in [("caller", "bootstrap"), ("link.code", "mine"), ("request.id", "r1")] {
            try await withAudit(showing: key) { api, lines in
                let fields: Fields = ["X-Api-Key": "opensesame", "X-Request-Id": "r1"]
                _ = try await api.post("/api/v1/links", Self.link, fields: fields)
                #expect(
                    try await api.send("PATCH", "/api/v1/links/mine", #"{"title":"t"}"#, fields: fields).status == 200)
                #expect(
                    try await api.send("PATCH", "/api/v1/links/mine", #"{"title":5}"#, fields: fields).status == 422)
                // What changes nothing is nothing to tell.
                #expect(
                    try await api.send("PATCH", "/api/v1/links/mine", #"{"title":"t"}"#, fields: fields).status == 200)
                #expect(try await api.send("DELETE", "/api/v1/links/mine", fields: fields).status == 204)
                #expect(try await api.send("DELETE", "/api/v1/links/mine", fields: fields).status == 404)
                let told = lines.all.filter { $0.contains("Link ") }
                #expect(told == ["info Link changed \(value)", "info Link deleted \(value)"])
                #expect(try count(api, .linkChanged) == 1)
                #expect(try count(api, .linkDeleted) == 1)
            }
        }
    }

    @Test func keysAreToldWithWhoMadeAndRevokedThem() async throws {
        try await withAudit(showing: "caller") { api, lines in
            let made = try await api.post("/api/v1/keys", #"{"name":"n","scopes":["admin"]}"#, fields: Self.admin)
            let (id, key) = (try #require(made.json["id"]?.text), try #require(made.json["key"]?.text))
            #expect(made.json["created_by"] == "bootstrap")
            let second = try await api.post(
                "/api/v1/keys", #"{"name":"n","scopes":["admin"]}"#, fields: ["X-Api-Key": key])
            #expect(second.json["created_by"] == .string("key:\(id)"))
            _ = try await api.send("DELETE", "/api/v1/keys/\(id)", fields: Self.admin)
            #expect(
                lines.all.filter { $0.contains("API key") } == [
                    "info API key made bootstrap", "info API key made key:\(id)", "info API key revoked bootstrap",
                ])
            #expect(!lines.all.contains { $0.contains(key) })
            #expect(try count(api, .keyMade) == 2)
            #expect(try count(api, .keyRevoked) == 1)
        }
    }

    /// A replayed answer makes no key.
    @Test func keyIsMadeOnce() async throws {
        try await withAudit(showing: "key.id") { api, lines in
            let fields: Fields = ["X-Api-Key": "opensesame", "Idempotency-Key": "once"]
            for _ in 0..<2 {
                _ = try await api.post("/api/v1/keys", #"{"name":"n","scopes":["admin"]}"#, fields: fields)
            }
            #expect(lines.all.count { $0.contains("API key made") } == 1)
        }
    }

    @Test func keysUsedInVainAreTold() async throws {
        try await withAudit(showing: "reason") { api, lines in
            let expired = try await api.addKey(.admin, expiresAt: TestClock.start)
            let revoked = try await api.addKey(.admin, revokedAt: TestClock.start)
            let reader = try await api.addKey(.linksRead)
            for key in ["wrong", APIKey().text, expired, revoked, reader] {
                _ = try await api.get("/api/v1/keys", fields: ["X-Api-Key": key])
            }
            // No key at all is nothing to tell.
            #expect(try await api.get("/api/v1/keys").status == 401)
            #expect(
                lines.all.filter { $0.contains("API key refused") } == [
                    "info API key refused unknown", "info API key refused unknown", "info API key refused expired",
                    "info API key refused revoked", "info API key refused missing scope",
                ])
            #expect(try count(api, .keyRefused) == 5)
            #expect(!lines.all.contains { $0.contains("wrong") })
        }
    }

    @Test func refusedKeysDoNotFloodTheLog() async throws {
        try await withAudit(showing: "key.id") { api, lines in
            let reader = try await api.addKey(.linksRead)
            for _ in 0..<100 { _ = try await api.get("/api/v1/keys", fields: ["X-Api-Key": reader]) }
            #expect((60..<100).contains(lines.all.count { $0.contains("API key refused") }))
            #expect(try count(api, .keyRefused) == 100)
        }
    }

    @Test func useOfAKeyIsWrittenSeldomAndNotWhileAnybodyWaits() async throws {
        let (store, clock) = (MemoryStore(), TestClock())
        let uses = KeyUses(store: store, clock: clock.wallClock, logger: silent)
        let key = APIKey()
        try await store.insert(
            APIKeyRecord(
                id: key.id, name: "n", scopes: [], secretHash: key.secretHash, createdAt: TestClock.start,
                expiresAt: nil), completing: nil)
        func lastUse() async -> Timestamp? { await store.apiKey(key.id)?.lastUsedAt }
        uses.note(key.id, at: clock.now)
        uses.note("gone", at: clock.now)
        #expect(await lastUse() == nil)
        try await uses.write()
        #expect(await lastUse() == TestClock.start)
        clock.advance(by: .seconds(59))
        uses.note(key.id, at: clock.now)
        try await uses.write()
        #expect(await lastUse() == TestClock.start)
        clock.advance(by: .seconds(1))
        try await uses.write()
        #expect(await lastUse() == TestClock.start.advanced(by: .seconds(59)))
        clock.advance(by: .seconds(600))
        try await uses.write()
        #expect(await lastUse() == TestClock.start.advanced(by: .seconds(59)))
    }

    @Test func lastUseIsInTheList() async throws {
        try await withAudit(showing: "") { api, _ in
            let key = try await api.addKey(.linksRead)
            func lastUse() async throws -> JSONValue? {
                try await api.get("/api/v1/keys", fields: Self.admin).json["data"]?[0]?["last_used_at"]
            }
            #expect(try await lastUse() == .null)
            #expect(try await api.get("/api/v1/links", fields: ["X-Api-Key": key]).status == 200)
            try await eventually("the use is written") { try await lastUse() == "2026-03-10T12:00:00Z" }
        }
    }
}
