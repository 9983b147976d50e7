import GRDB
import ShrinkrCore
import ShrinkrStore
import ShrinkrStoreSQLite
import StoreTestSupport
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
            let impatient = SQLiteConfiguration.patient { $0.busyTimeout = .milliseconds(100) }
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

    /// Calls that wait for each other fail together, not one timeout after the other.
    @Test func callsDoNotQueueUpBehindALock() async throws {
        try await withDatabasePath { path in
            let impatient = SQLiteConfiguration(busyTimeout: .seconds(2), turnTimeout: .seconds(2))
            try await withSQLiteStore(path, impatient) { store in
                var configuration = Configuration()
                configuration.allowsUnsafeTransactions = true
                let other = try DatabaseQueue(path: path, configuration: configuration)
                try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
                let reasons = await withTaskGroup(of: String.self) { group in
                    // More than share a transaction.
                    for number in 0..<300 {
                        group.addTask {
                            do {
                                try await store.insertLinks("a\(number)")
                                return "inserted"
                            } catch {
                                return "\(error)"
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(reasons.allSatisfy { $0.contains("for too long") })
                #expect(reasons.contains { $0.contains("others waited") })
                try await other.writeWithoutTransaction { try $0.rollback() }
                try await store.insertLinks("a")
                try other.close()
            }
        }
    }

    /// A probe that only began a transaction would succeed on a full disk.
    @Test func addingNoFramesWritesAllTheSame() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let other = try DatabaseQueue(path: path)
                let version: @Sendable (Database) throws -> Int? = { try Int.fetchOne($0, sql: "PRAGMA data_version") }
                let before = try await other.read(version)
                #expect(try await store.add([], at: midnight) == AddOutcome())
                #expect(try await other.read(version) != before)
                try other.close()
            }
        }
    }

    /// What the database refuses for its content is told apart from a database that does not work.
    @Test func refusedContentIsNamedSo() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await store.insertLinks("good", "bad")
                let other = try DatabaseQueue(path: path)
                try await other.write { database in
                    try database.execute(
                        sql: """
                            CREATE TRIGGER refusal BEFORE INSERT ON clicks_by_bucket WHEN NEW.code = 'bad'
                            BEGIN SELECT RAISE(ABORT, 'no such clicks'); END
                            """)
                }
                try other.close()
                let frames = [try CountedFrame(1, people: ["good": 1]), try CountedFrame(2, people: ["bad": 1])]
                let error = await #expect(throws: StoreError.self) { try await store.add(frames, at: midnight) }
                guard case .refused(let reason)? = error else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
                #expect(reason.contains("no such clicks"))
                #expect(try await store.add([frames[0]], at: midnight).counted == 1)
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
