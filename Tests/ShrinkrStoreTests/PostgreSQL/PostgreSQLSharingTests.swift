#if PostgreSQL
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import ShrinkrStorePostgreSQL
import StoreTestSupport
import Testing

/// What happens when several stores, as of several processes, use one database at once.
@Suite("Several stores on one PostgreSQL database", .timeLimit(.minutes(10))) struct PostgreSQLSharingTests {
    @Test("give an alias once, whatever the order in which batches have it")
    func aliases() async throws {
        try await withStores { stores in
            let names = (0..<40).map { "alias\($0)" }
            let created = try await together(stores, times: 4) { store, number in
                let batch = try (number % 2 == 0 ? names : names.reversed()).map { try NewLink($0) }
                return try await store.insert(batch, completing: nil).compactMap(\.createdLink?.code.text)
            }
            #expect(created.flatMap(\.self).sorted() == names.sorted())
        }
    }

    @Test("make one link where all are to reuse an equal one")
    func reuse() async throws {
        try await withStores { stores in
            for round in 0..<10 {
                let outcomes = try await together(stores, times: 4) { store, number in
                    let link = try NewLink("new-\(round)-\(number)", url: "https://e.example/\(round)", reuse: true)
                    return try await store.insert(link)
                }
                #expect(outcomes.compactMap(\.createdLink).count == 1)
                #expect(Set(outcomes.compactMap(\.link?.code)).count == 1)
            }
        }
    }

    @Test("take exactly as many visits as there are")
    func visits() async throws {
        try await withStores { stores in
            try await stores[0].insert(NewLink("a") { $0.maximumVisits = 60 })
            let taken = try await together(stores, times: 40) { store, _ in
                try await store.takeVisit(try code("a"), at: midnight)
            }
            #expect(taken.count { $0 } == 60)
            #expect(try await stores[1].link(try code("a"))?.visitsUsed == 60)
        }
    }

    @Test("lose no change of a link")
    func updates() async throws {
        try await withStores { stores in
            try await stores[0].insertLinks("a")
            _ = try await together(stores, times: 5) { store, number in
                try await store.update(try code("a"), ifVersion: nil, at: midnight) { link in
                    var settings = link.settings
                    settings.tags.append("\(number)")
                    return settings
                }
            }
            let link = try #require(try await stores[1].link(try code("a")))
            #expect(Set(link.settings.tags) == Set((0..<5 * stores.count).map { "\($0)" }))
            #expect(link.version == 5 * stores.count + 1)
        }
    }

    @Test("pass over no change, however late a transaction ends")
    func feed() async throws {
        try await withStores { stores in
            var position: Int64 = 0
            var seen: [String] = []
            func follow() async throws {
                while true {
                    let changes = try await stores[0].changes(after: position, limit: 7)
                    seen += changes.map(\.code.text)
                    position = changes.last?.position ?? position
                    if changes.count < 7 { return }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, store) in stores.enumerated() {
                    group.addTask {
                        for batch in 0..<20 {
                            let links = try (0...batch).map { try NewLink("l-\(number)-\(batch)-\($0)") }
                            _ = try await store.insert(links, completing: nil)
                        }
                    }
                }
                for _ in 0..<100 { try await follow() }
                try await group.waitForAll()
            }
            try await stores[0].waitForOthers()
            try await follow()
            let made = (0..<stores.count).flatMap { number in
                (0..<20).flatMap { batch in (0...batch).map { "l-\(number)-\(batch)-\($0)" } }
            }
            // Those that were told before they had a place in the order came twice.
            #expect(Set(seen) == Set(made))
        }
    }

    @Test("answer one request for each idempotency key")
    func idempotency() async throws {
        try await withStores { stores in
            let outcomes = try await together(stores, times: 40) { store, number in
                let key = UInt8(number % 40)
                let reservation = IdempotencyReservation(key: [key], fingerprint: [1], token: [UInt8(number)])
                guard try await reserve(reservation, store) == .reserved else { return 0 }
                let completion = IdempotentCompletion<[InsertOutcome]>(reservation: reservation) { _ in [key] }
                let links = [try NewLink("k\(key)-\(number)")]
                return try await store.insert(links, completing: completion).compactMap(\.createdLink).count
            }
            #expect(outcomes.reduce(0, +) == 40)
            for key: UInt8 in 0..<40 {
                let again = IdempotencyReservation(key: [key], fingerprint: [1], token: [255])
                #expect(try await reserve(again, stores[0]) == .completed([key]))
            }
        }
    }

    @Test("claim each report once")
    func reports() async throws {
        try await withStores { stores in
            try await stores[0].insertLinks("a")
            let frames = try (0..<48).map { try CountedFrame($0 + 1, people: ["a": 1], in: bucket($0 * 4)) }
            _ = try await stores[0].add(frames, at: midnight)
            let claimed = try await together(stores, times: 20) { store, _ in
                try await store.claimDueReports(limit: 2, at: midnight, until: midnight.advanced(by: .seconds(60)))
            }
            .flatMap(\.self)
            #expect(claimed.count == 50)
            #expect(Set(claimed).count == 50)
        }
    }

    @Test("agree on the key of a day")
    func visitorKeys() async throws {
        try await withStores { stores in
            let keys = try await together(stores, times: 10) { store, number in
                try await store.visitorKey(ofDay: today, proposal: [UInt8(number)])
            }
            #expect(Set(keys).count == 1)
            for store in stores { try await store.destroyVisitorKeys(beforeDay: 1) }
        }
    }

    private func reserve(_ reservation: IdempotencyReservation, _ store: PostgreSQLStore) async throws
        -> ReservationOutcome
    {
        try await store.reserve(reservation, at: midnight, abandonedBefore: .init(milliseconds: 0))
    }
}

/// Runs `body` with three stores on one new database.
func withStores(_ body: ([PostgreSQLStore]) async throws -> Void) async throws {
    try await PostgreSQLDatabase.with { database in
        try await database.withStore { first in
            try await database.withStore { second in
                try await database.withStore { third in try await body([first, second, third]) }
            }
        }
    }
}

/// Does something so many times with each store, all at once. Each has a number of its own.
func together<Value: Sendable>(
    _ stores: [PostgreSQLStore], times: Int, _ body: @escaping @Sendable (PostgreSQLStore, Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for number in 0..<times * stores.count {
            group.addTask { try await body(stores[number % stores.count], number) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
#endif
