#if PostgreSQL
import Foundation
import Glibc
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import ShrinkrStorePostgreSQL
import Testing

/// What is done while connections are ended all the time is done once or not at all, and what is gone is gone.
@Suite("Losses in PostgreSQL", .timeLimit(.minutes(10))) struct PostgreSQLLossTests {
    /// A visit that failed may have been taken, as its client may have been redirected; never the other way round.
    @Test("of connections give nobody a visit that was not there, and take few")
    func visits() async throws {
        try await withDisturbedStores { stores in
            try await untilDone { try await stores[0].insert(NewLink("a") { $0.maximumVisits = 500 }) }
            let taken = try await together(stores, times: 300) { store, _ in
                do { return try await store.takeVisit(try code("a"), at: midnight) ? 1 : 0 } catch { return -1 }
            }
            let used = try await untilDone { try await stores[1].link(try code("a"))?.visitsUsed ?? 0 }
            let (given, failed) = (taken.count { $0 == 1 }, taken.count { $0 == -1 })
            #expect(given <= used && used <= given + failed)
            #expect(used <= 500)
        }
    }

    /// The answer of a request is there if and only if its link is.
    @Test("of connections neither double nor half an idempotent request")
    func idempotency() async throws {
        try await withDisturbedStores { stores in
            _ = try await together(stores, times: 40) { store, number in
                let key = UInt8(number % 40)
                let reservation = IdempotencyReservation(key: [key], fingerprint: [1], token: [UInt8(number)])
                // As a client does: the same request again until it is answered.
                for _ in 0..<200 {
                    guard let outcome = try? await reserve(reservation, store) else { continue }
                    if case .completed = outcome { return }
                    guard outcome == .reserved else { continue }
                    let completion = IdempotentCompletion<[InsertOutcome]>(reservation: reservation) { _ in [key] }
                    let link = try NewLink("k\(key)-\(UUID().uuidString)", url: "https://e.example/\(key)")
                    _ = try? await store.insert([link], completing: completion)
                }
            }
            for key: UInt8 in 0..<40 {
                let again = IdempotencyReservation(key: [key], fingerprint: [1], token: [255])
                let outcome = try await untilDone { try await reserve(again, stores[0]) }
                let found = try await untilDone {
                    try await stores[0].links(LinkQuery(limit: 99, search: "https://e.example/\(key)")).links
                        .filter { $0.settings.url.utf8.elementsEqual("https://e.example/\(key)".utf8) }
                }
                #expect(found.count == (outcome == .completed([key]) ? 1 : 0))
            }
        }
    }

    /// Neither the tables' files nor the write-ahead log hold a byte of a destroyed key.
    @Test("of visitor keys are complete")
    func visitorKeys() async throws {
        let data = try #require(ProcessInfo.processInfo.environment["SHRINKR_TEST_POSTGRESQL_DATA"])
        try await PostgreSQLDatabase.with { database in
            let number = try await database.run { session in
                try session.query("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")[0].int(0)
            }
            let folders = ["\(data)/base/\(number)", "\(data)/pg_wal"]
            try await database.withStore { store in
                let keys = (0..<3).map { _ in (0..<32).map { _ in UInt8.random(in: 0...255) } }
                for (day, key) in keys.enumerated() {
                    _ = try await store.visitorKey(ofDay: Int64(day), proposal: key)
                    try await store.insertLinks("link\(day)")
                }
                try await database.flush()
                let kept = try keys.map { try isOnDisk($0, folders) }
                #expect(kept == [true, true, true], "else the search proves nothing")
                try await store.destroyVisitorKeys(beforeDay: 2)
                try await database.flush()
                for key in keys.dropLast() {
                    for part in [key.prefix(12), key.suffix(12)] { #expect(try !isOnDisk(Array(part), folders)) }
                }
                #expect(try await store.visitorKey(ofDay: 2, proposal: [0]) == keys[2])
            }
        }
    }

    @Test("do not come from texts with U+0000: they are found nowhere, and refused where they are to be written")
    func zero() async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { store async throws in
                try await store.insertLinks("a")
                #expect(try await store.apiKey("a\0") == nil)
                #expect(try await !store.revokeAPIKey("a\0", at: midnight))
                for query in [LinkQuery(limit: 9, search: "a\0"), LinkQuery(limit: 9, tags: ["\0"])] {
                    #expect(try await store.links(query).links.isEmpty)
                }
                let error = await #expect(throws: StoreError.self) {
                    try await store.insert(NewLink("b") { $0.title = "a\0" })
                }
                guard case .refused? = error else { return #expect(Bool(false), "\(String(describing: error))") }
            }
        }
    }

    private func isOnDisk(_ bytes: [UInt8], _ folders: [String]) throws -> Bool {
        for folder in folders {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                // Files come and go.
                guard let content = try? Data(contentsOf: URL(filePath: "\(folder)/\(name)")) else { continue }
                if content.holds(bytes) { return true }
            }
        }
        return false
    }

    private func reserve(_ reservation: IdempotencyReservation, _ store: PostgreSQLStore) async throws
        -> ReservationOutcome
    {
        try await store.reserve(reservation, at: midnight, abandonedBefore: .init(milliseconds: 0))
    }

    @discardableResult
    private func untilDone<Value>(_ body: () async throws -> Value) async throws -> Value {
        while true {
            do { return try await body() } catch StoreError.unavailable { continue }
        }
    }

    private func withDisturbedStores(_ body: ([PostgreSQLStore]) async throws -> Void) async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { first in
                try await database.withStore { second in
                    let disturber = Task { try await database.endConnectionsForEver() }
                    defer { disturber.cancel() }
                    try await body([first, second])
                }
            }
        }
    }
}

extension Data {
    /// Whether the bytes are in the data; Foundation's search takes a minute for what this takes a second for.
    fileprivate func holds(_ bytes: [UInt8]) -> Bool {
        withUnsafeBytes { data in
            guard var next = data.baseAddress, let first = bytes.first else { return false }
            let end = next + data.count
            while end - next >= bytes.count, let place = memchr(next, Int32(first), end - next - bytes.count + 1) {
                if memcmp(place, bytes, bytes.count) == 0 { return true }
                next = UnsafeRawPointer(place) + 1
            }
            return false
        }
    }
}
#endif
