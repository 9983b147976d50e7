import ShrinkrBase
import ShrinkrStore
import Testing

@Suite struct APIKeyTests {
    @Test(arguments: StoreKind.allCases)
    func savedKeyIsFoundAsItWas(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let full = APIKeyRecord(
                id: "k1", name: "Büro", scopes: [.linksWrite, .statsRead], secretHash: Array(0...31),
                createdAt: midnight, expiresAt: midnight.advanced(by: .seconds(9)))
            let bare = record("k2", scopes: [])
            try await store.insert(full, completing: nil)
            try await store.insert(bare, completing: nil)
            #expect(try await store.apiKey("k1") == full)
            #expect(try await store.apiKey("k2") == bare)
            #expect(try await store.apiKey("K1") == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func activeKeysAreListedFirstAndNewestFirst(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await !store.hasAPIKeys())
            #expect(try await store.apiKeys(APIKeyQuery(limit: 9, asOf: midnight)) == APIKeyPage([], of: all))
            for (id, second) in [("c", 3), ("a", 2), ("b", 1), ("e", 5), ("d", 5), ("f", 4)] {
                try await store.insert(record(id, at: midnight.advanced(by: .seconds(second))), completing: nil)
            }
            _ = try await store.revokeAPIKey("c", at: midnight)
            try await store.insert(record("expired", at: midnight, expiresAt: midnight), completing: nil)
            try await store.insert(record("late", at: midnight, expiresAt: after), completing: nil)
            // Revoked after the time of the list.
            _ = try await store.revokeAPIKey("f", at: after)
            #expect(try await store.hasAPIKeys())
            let sorted = ["e", "d", "f", "a", "b", "late", "c", "expired"]
            #expect(try await store.apiKeys(all).keys.map(\.id) == sorted)
            #expect(try await store.apiKeys(all).next == nil)
            for limit in 1...9 { #expect(try await ids(store, limit: limit) == sorted, "\(limit)") }
        }
    }

    private var after: Timestamp { midnight.advanced(by: .milliseconds(1)) }
    private var all: APIKeyQuery { APIKeyQuery(limit: 9, asOf: midnight) }

    /// All pages of so many keys.
    private func ids(_ store: any Store, limit: Int) async throws -> [String] {
        var (ids, query): ([String], APIKeyQuery) = ([], APIKeyQuery(limit: limit, asOf: midnight))
        repeat {
            let page = try await store.apiKeys(query)
            #expect(page.keys.count <= limit)
            ids += page.keys.map(\.id)
            query.after = page.next
        } while query.after != nil && ids.count < 99
        return ids
    }

    @Test(arguments: StoreKind.allCases)
    func revokedKeyKeepsItsFirstTime(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(record("k"), completing: nil)
            #expect(try await store.revokeAPIKey("k", at: midnight))
            #expect(try await store.revokeAPIKey("k", at: midnight.advanced(by: .seconds(1))))
            #expect(try await store.apiKey("k")?.revokedAt == midnight)
            #expect(try await store.revokeAPIKey("unknown", at: midnight) == false)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func makerAndLastUseAreKept(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let used = APIKeyRecord(
                id: "used", name: "n", scopes: [], secretHash: [1], createdAt: midnight, expiresAt: nil,
                createdBy: "bootstrap", lastUsedAt: midnight)
            try await store.insert(used, completing: nil)
            try await store.insert(record("k"), completing: nil)
            #expect(try await store.apiKey("used") == used)
            #expect(try await store.apiKey("k")?.createdBy == nil)
            let later = midnight.advanced(by: .seconds(60))
            try await store.recordUses(of: ["k": midnight, "used": later, "unknown": midnight])
            #expect(try await store.apiKey("k")?.lastUsedAt == midnight)
            // Time does not go back.
            try await store.recordUses(of: ["used": midnight])
            #expect(try await store.apiKey("used")?.lastUsedAt == later)
            try await store.recordUses(of: [:])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func identifierIsUsedOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insert(record("k"), completing: nil)
            await #expect(throws: StoreError.self) {
                try await store.insert(record("k", scopes: [.admin]), completing: nil)
            }
            #expect(try await store.apiKey("k") == record("k"))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func keyIsSavedTogetherWithItsAnswer(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let reservation = IdempotencyReservation(key: [1], fingerprint: [2], token: [3])
            let completion = IdempotentCompletion<Void>(reservation: reservation) { [7] }
            await #expect(throws: StoreError.reservationLost) {
                try await store.insert(record("k"), completing: completion)
            }
            #expect(try await store.apiKey("k") == nil)
            _ = try await store.reserve(reservation, at: midnight, abandonedBefore: midnight)
            try await store.insert(record("k"), completing: completion)
            #expect(try await store.apiKey("k") != nil)
            #expect(
                try await store.reserve(reservation, at: midnight, abandonedBefore: midnight) == .completed([7]))
        }
    }

    private func record(
        _ id: String, scopes: Set<APIScope> = [.linksRead], at createdAt: Timestamp = midnight,
        expiresAt: Timestamp? = nil
    ) -> APIKeyRecord {
        APIKeyRecord(
            id: id, name: "n", scopes: scopes, secretHash: [1, 2, 255], createdAt: createdAt, expiresAt: expiresAt)
    }
}
