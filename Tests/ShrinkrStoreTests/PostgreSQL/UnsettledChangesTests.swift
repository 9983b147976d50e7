#if PostgreSQL
import Dispatch
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("Changes behind a transaction that goes on for long", .timeLimit(.minutes(10))) struct UnsettledChangesTests {
    @Test("are told at once, one time each, and once more in their place")
    func told() async throws {
        try await withStores { one, other, database in
            try await other.insertLinks("old")
            let position = try await one.waitingForOthers().latestChange()
            try await holdingOn(database) {
                try await other.insertLinks("new")
                let first = try await one.changes(after: position, limit: 99)
                #expect(first.map(\.code.text) == ["new"])
                #expect(first.map(\.position) == [position])
                #expect(try await one.changes(after: position, limit: 99).isEmpty)
                _ = try await other.delete(try code("old"), ifVersion: nil, at: midnight)
                #expect(try await one.changes(after: position, limit: 99).map(\.code.text) == ["old"])
            }
            let settled = try await one.waitingForOthers().changes(after: position, limit: 99)
            #expect(settled.map(\.code.text) == ["new", "old"])
            #expect(settled.allSatisfy { $0.position > position })
        }
    }

    @Test("are told page by page, and none is passed over that was made meanwhile")
    func pages() async throws {
        try await withStores { one, other, database in
            let position = try await one.waitingForOthers().latestChange()
            try await holdingOn(database) {
                for number in 0..<5 { try await other.insertLinks("a\(number)") }
                #expect(try await one.changes(after: position, limit: 3).map(\.code.text) == ["a0", "a1", "a2"])
                try await other.insertLinks("late")
                _ = try await other.delete(try code("a0"), ifVersion: nil, at: midnight)
                var rest: [String] = []
                while true {
                    let changes = try await one.changes(after: position, limit: 3)
                    rest += changes.map(\.code.text)
                    if changes.isEmpty { break }
                }
                #expect(Set(rest) == ["a3", "a4", "late", "a0"])
            }
        }
    }

    @Test("are told as well where their own transaction was at work when the feed was last read")
    func inFlight() async throws {
        try await withStores { one, other, database in
            try await other.insertLinks("a", "b")
            let position = try await one.waitingForOthers().latestChange()
            try await holdingOn(database) {
                let change = "UPDATE links SET change_xid = pg_current_xact_id() WHERE code = 'a'"
                try await holdingOn(database, doing: change, commits: true) {
                    _ = try await other.delete(try code("b"), ifVersion: nil, at: midnight)
                    #expect(try await one.changes(after: position, limit: 99).map(\.code.text) == ["b"])
                }
                #expect(try await one.changes(after: position, limit: 99).map(\.code.text) == ["a"])
            }
        }
    }

    private func withStores(
        _ body: (PostgreSQLStore, PostgreSQLStore, PostgreSQLDatabase) async throws -> Void
    ) async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { one in
                try await database.withStore { other in try await body(one, other, database) }
            }
        }
    }

    /// Does something while a transaction with a number is open.
    private func holdingOn(
        _ database: PostgreSQLDatabase, doing work: String = "SELECT pg_current_xact_id()", commits: Bool = false,
        _ body: () async throws -> Void
    ) async throws {
        let isDone = DispatchSemaphore(value: 0)
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        async let holder: Void = database.run { session in
            defer { signal.finish() }
            try session.script("BEGIN; \(work)")
            signal.finish()
            // The thread is the connection's own, so it may wait.
            isDone.wait()
            try session.script(commits ? "COMMIT" : "ROLLBACK")
        }
        for await _ in begun {}
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        isDone.signal()
        try await holder
        try result.get()
    }
}

extension PostgreSQLStore {
    fileprivate func waitingForOthers() async throws -> PostgreSQLStore {
        try await waitForOthers()
        return self
    }
}
#endif
