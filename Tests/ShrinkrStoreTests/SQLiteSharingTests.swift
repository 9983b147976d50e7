import GRDB
import ShrinkrCore
import ShrinkrStore
import ShrinkrStoreSQLite
import Testing

/// What happens when several stores, as of several processes, have one file open.
@Suite struct SQLiteSharingTests {
    @Test func manyMayOpenAnEmptyFileAtOnce() async throws {
        try await withDatabasePath { path in
            let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
                for _ in 0..<8 { group.addTask { try await SQLiteStore.open(path: path) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (number, store) in stores.enumerated() { try await store.insertLinks("a\(number)") }
            for store in stores { #expect(try await store.links(LinkQuery(limit: 9)).links.count == 8) }
            for store in stores { try await store.close() }
        }
    }

    @Test func frameThatTwoWorkersAddCountsOnce() async throws {
        try await withTwoStores { first, second in
            try await first.insertLinks("a")
            let frames = try (1...30).map { try CountedFrame($0, people: ["a": 1]) }
            let outcomes = try await withThrowingTaskGroup(of: AddOutcome.self) { group in
                for store in [first, second] {
                    group.addTask {
                        var total = AddOutcome()
                        for frame in frames {
                            let outcome = try await store.add([frame], at: midnight)
                            total.counted += outcome.counted
                            total.duplicateFrames += outcome.duplicateFrames
                        }
                        return total
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.reduce(0) { $0 + $1.counted } == 30)
            #expect(outcomes.reduce(0) { $0 + $1.duplicateFrames } == 30)
            #expect(try await first.clicks("a") == 30)
            #expect(try await second.ledgerTotals() == LedgerTotals(frames: 30, counted: 30))
        }
    }

    @Test func aliasIsGivenOnceAcrossStores() async throws {
        try await withTwoStores { first, second in
            let created = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    let store = number % 2 == 0 ? first : second
                    group.addTask { try await store.insert(NewLink("alias")).createdLink != nil }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(created == 1)
        }
    }

    @Test func visitsAreTakenExactlyAcrossStores() async throws {
        try await withTwoStores { first, second in
            try await first.insert(NewLink("a") { $0.maximumVisits = 25 })
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    let store = number % 2 == 0 ? first : second
                    group.addTask { try await store.takeVisit(try code("a"), at: midnight) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 25)
        }
    }

    @Test func changesOfOneAreSeenByTheOther() async throws {
        try await withTwoStores { first, second in
            try await first.insertLinks("a")
            let position = try await second.latestChange()
            _ = try await first.update(try code("a"), ifVersion: nil, at: midnight) { _ in
                LinkSettings(url: "https://x/")
            }
            #expect(try await second.changes(after: position, limit: 9).map(\.code.text) == ["a"])
            #expect(try await second.link(try code("a"))?.settings.url == "https://x/")
        }
    }

    /// While another process holds the write lock, reads go on, and writes give up after the timeout.
    @Test func lockedDatabaseIsUnavailable() async throws {
        try await withDatabasePath { path in
            let impatient = SQLiteConfiguration(busyTimeout: .milliseconds(100))
            try await withSQLiteStore(path, impatient) { store in
                try await store.insertLinks("a")
                var configuration = Configuration()
                configuration.allowsUnsafeTransactions = true
                let other = try DatabaseQueue(path: path, configuration: configuration)
                try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
                #expect(try await store.link(try code("a")) != nil)
                let error = await #expect(throws: StoreError.self) { try await store.insertLinks("b") }
                #expect(try #require(error).description.contains("locked for too long"))
                try await other.writeWithoutTransaction { try $0.rollback() }
                try await store.insertLinks("b")
                try other.close()
            }
        }
    }

    private func withTwoStores(_ body: (SQLiteStore, SQLiteStore) async throws -> Void) async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { first in
                try await withSQLiteStore(path) { second in try await body(first, second) }
            }
        }
    }
}
