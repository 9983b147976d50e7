import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Synchronization
import Testing

@testable import ShrinkrStoreSQLite

@Suite("Copies of SQLite files", .timeLimit(.minutes(10))) struct StoreCopyTests {
    /// Runs `body` with the paths of a filled database and of one that does not exist yet.
    private func withDatabases(_ body: (_ source: String, _ target: String) async throws -> Void) async throws {
        try await withDatabasePath { source in
            try await withSQLiteStore(source) { try await CopyFixture.fill($0) }
            try await withDatabasePath { try await body(source, $0) }
        }
    }

    private func copy(
        _ source: String, _ target: String, batch: Int = .max, startsOver: Bool = false,
        through wrap: (SQLiteTables) -> any TableSink = { $0 }
    ) async throws {
        try await withTables(SQLiteTables(path: source, creates: false)) { source in
            try await withTables(SQLiteTables(path: target, creates: true)) { target in
                _ = try await StoreCopy(from: source, to: wrap(target), maximumBatch: batch) { _ in }
                    .run(startsOver: startsOver)
            }
        }
    }

    private func digests(_ path: String) async throws -> [String: TableDigest] {
        try await withTables(SQLiteTables(path: path, creates: false)) { try await $0.digests() }
    }

    private func change(_ path: String, _ sql: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("hold what the source holds, and go on as it would")
    func equal() async throws {
        try await withDatabases { source, target in
            let before = try await digests(source)
            for table in CopiedTable.all { #expect(before[table.name]?.rows != 0, "\(table.name) has rows") }
            try await copy(source, target)
            #expect(try await digests(target) == before)
            #expect(try await digests(source) == before)
            try await withSQLiteStore(source) { old in
                try await withSQLiteStore(target) { new in
                    #expect(try await new.journalLedgers() == old.journalLedgers())
                    for order in LinkQuery.Order.allCases {
                        let query = LinkQuery(limit: 99, order: order)
                        #expect(try await new.links(query) == old.links(query))
                    }
                    let followed = try await new.latestChange()
                    _ = try await new.insert(try NewLink("next"))
                    _ = try await new.delete(try code("a"), ifVersion: nil, at: midnight)
                    #expect(try await new.changes(after: followed, limit: 9).map(\.code.text) == ["next", "a"])
                    #expect(try await new.insert(try NewLink("f")).link == nil)
                }
            }
        }
    }

    @Test("tell how far they have come")
    func progress() async throws {
        try await withDatabases { source, target in
            let seen = Mutex<[CopyProgress]>([])
            try await withTables(SQLiteTables(path: source, creates: false)) { source in
                try await withTables(SQLiteTables(path: target, creates: true)) { target in
                    let digests = try await StoreCopy(from: source, to: target, maximumBatch: 2) { progress in
                        seen.withLock { $0.append(progress) }
                    }.run()
                    #expect(digests.map(\.digest.rows) == seen.withLock { $0.last?.totals })
                }
            }
            let all = seen.withLock { $0 }
            #expect(all.first?.percent == 0)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.percent <= $1.percent })
            #expect(all.last?.percent == 100)
            #expect(all.last?.step == .comparing(CopiedTable.all.count - 1))
        }
    }

    @Test("go on where they were ended, wherever that was", arguments: [false, true])
    func interrupted(failsAfterwards: Bool) async throws {
        try await withDatabases { source, target in
            let expected = try await digests(source)
            var runs = 0
            var isDone = false
            while !isDone {
                runs += 1
                try #require(runs < 500)
                do {
                    try await copy(source, target, batch: 5) {
                        FailingSink($0, after: runs % 4, failsAfterwards: failsAfterwards)
                    }
                    isDone = true
                } catch is FailingSink.Failure {
                    let isMarked = try await isMarked(target)
                    isDone = failsAfterwards && !isMarked
                    if !isMarked { continue }
                    // No program takes what is there so far for the whole.
                    await #expect(throws: StoreError.self) { try await withSQLiteStore(target) { _ in } }
                }
            }
            #expect(runs > 20)
            #expect(try await digests(target) == expected)
            let link = try await withSQLiteStore(target) { try await $0.link(try code("a")) }
            #expect(link != nil)
        }
    }

    private func isMarked(_ path: String) async throws -> Bool {
        try await withTables(SQLiteTables(path: path, creates: true)) { try await $0.unfinishedCopy() != nil }
    }

    @Test("are not made in a database that holds other data")
    func otherData() async throws {
        try await withDatabases { source, target in
            try await withSQLiteStore(target) { _ = try await $0.insert(try NewLink("mine")) }
            let before = try await digests(target)
            await #expect(throws: CopyError.notEmpty(table: "links")) { try await copy(source, target) }
            await #expect(throws: CopyError.notEmpty(table: "links")) {
                try await copy(source, target, startsOver: true)
            }
            #expect(try await digests(target) == before)
        }
    }

    @Test("of another database are not gone on with, but may be started over")
    func otherCopy() async throws {
        try await withDatabases { source, target in
            await #expect(throws: FailingSink.Failure.self) {
                try await copy(source, target) { FailingSink($0, after: 4, failsAfterwards: true) }
            }
            try await withDatabasePath { other in
                try await withSQLiteStore(other) { _ = try await $0.insert(try NewLink("other")) }
                await #expect(throws: CopyError.unfinished(of: "sqlite:\(source)")) { try await copy(other, target) }
            }
            try await copy(source, target, startsOver: true)
            #expect(try await digests(target) == digests(source))
        }
    }

    @Test("of a source that was changed between two runs are found out")
    func changed() async throws {
        try await withDatabases { source, target in
            await #expect(throws: FailingSink.Failure.self) {
                try await copy(source, target) { FailingSink($0, after: 8, failsAfterwards: true) }
            }
            try await change(source, "UPDATE links SET visits_used = 1 WHERE code = 'a'")
            let error = await #expect(throws: CopyError.self) { try await copy(source, target) }
            let rows = try #require(try await digests(source)["links"]?.rows)
            #expect(error == .different([.init(table: "links", source: rows, target: rows)]))
            #expect(try await isMarked(target))
            try await copy(source, target, startsOver: true)
            #expect(try await digests(target) == digests(source))
        }
    }

    @Test("are not made while a program has one of the files open, and keep programs out meanwhile")
    func inUse() async throws {
        try await withDatabases { source, target in
            for path in [source, target] {
                try await withSQLiteStore(path) { store in
                    let error = await #expect(throws: CopyError.self) { try await copy(source, target) }
                    guard case .inUse("sqlite:\(path)", _) = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                }
            }
            try await withTables(SQLiteTables(path: source, creates: false)) { _ in
                let impatient = SQLiteConfiguration.patient { $0.busyTimeout = .milliseconds(50) }
                await #expect(throws: StoreError.self) { try await withSQLiteStore(source, impatient) { _ in } }
            }
        }
    }
}
