import GRDB
import Glibc
import ShrinkrCore
import ShrinkrStore
import Synchronization
import Testing

@testable import ShrinkrStoreSQLite

/// Short writes that come while the database is busy share one transaction, and each has its own fate.
@Suite struct GroupedCallsTests {
    @Test func writesThatWaitShareACommit() async throws {
        try await withBusyStore { store, commits, whileBusy async throws in
            let results = await whileBusy(inserts(of: (0..<50).map { "a\($0)" }, store))
            #expect(results.allSatisfy { $0 == nil })
            #expect(commits.count == 1)
            #expect(try await store.links(LinkQuery(limit: 99)).links.count == 50)
        }
    }

    @Test func oneThatFailsLeavesTheOthersAlone() async throws {
        try await withBusyStore { store, commits, whileBusy async throws in
            try await refuse("bad", with: "ABORT", store)
            let results = await whileBusy(inserts(of: ["a", "bad", "b"], store))
            #expect(results.map { $0 == nil } == [true, false, true])
            #expect(results[1]?.contains("no such link") == true)
            #expect(commits.count == 1)
            #expect(try await codes(store) == ["a", "b"])
        }
    }

    /// Nothing of a write is left that fails after it has changed something.
    @Test func oneThatFailsLateLeavesNothing() async throws {
        try await withBusyStore { store, _, whileBusy async throws in
            struct Fault: Error {}
            let results = await whileBusy(
                inserts(of: ["a"], store) + [
                    {
                        try await store.write(.shared) { database in
                            try database.execute(sql: "UPDATE links SET title = 'changed'")
                            throw Fault()
                        }
                    }
                ] + inserts(of: ["b"], store))
            #expect(results.map { $0 == nil } == [true, false, true])
            let titles = try await store.pool.read {
                try String.fetchAll($0, sql: "SELECT title FROM links WHERE title IS NOT NULL")
            }
            #expect(titles.isEmpty)
        }
    }

    /// As a full disk does (https://www.sqlite.org/lang_transaction.html, section 3).
    @Test func oneThatEndsTheTransactionLeavesTheOthersAlone() async throws {
        try await withBusyStore { store, commits, whileBusy async throws in
            try await refuse("bad", with: "ROLLBACK", store)
            let results = await whileBusy(inserts(of: ["a", "bad", "b"], store))
            #expect(results.map { $0 == nil } == [true, false, true])
            #expect(commits.count == 2)
            #expect(try await codes(store) == ["a", "b"])
        }
    }

    @Test func allFailWhereTheCommitFails() async throws {
        try await withBusyStore { store, commits, whileBusy async throws in
            commits.refuses = true
            let results = await whileBusy(inserts(of: ["a", "b"], store))
            #expect(results.allSatisfy { $0 != nil })
            commits.refuses = false
            #expect(try await codes(store).isEmpty)
            try await store.insertLinks("a")
        }
    }

    @Test func aWriteThatIsCancelledBeforeItBeganIsDropped() async throws {
        try await withBusyStore { store, _, whileBusy async throws in
            let results = await whileBusy(inserts(of: ["a", "b", "c"], store), cancelling: [1])
            #expect(results.map { $0 == nil } == [true, false, true])
            #expect(results[1]?.contains("Cancellation") == true)
            #expect(try await codes(store) == ["a", "c"])
        }
    }

    @Test func moreThanMayWaitAreRefused() async throws {
        try await withBusyStore { store, _, whileBusy async throws in
            let count = GroupedCalls.mostWaiting + 5
            let visit = try code("a")
            let results = await whileBusy(
                (0..<count).map { _ in { _ = try await store.takeVisit(visit, at: midnight) } },
                waiting: GroupedCalls.mostWaiting)
            // Some may have begun before all others came.
            let refused = results.count { $0?.contains("too many others") == true }
            #expect((1...5).contains(refused))
            #expect(results.count { $0 == nil } == count - refused)
        }
    }

    /// Every visit is taken once, whoever shares a transaction with whom.
    @Test func visitsAreTakenExactly() async throws {
        try await withBusyStore { store, commits, whileBusy async throws in
            try await store.insert(NewLink("a") { $0.maximumVisits = 30 })
            commits.reset()
            let (visit, taken) = (try code("a"), Taken())
            let results = await whileBusy(
                (0..<100).map { _ in { if try await store.takeVisit(visit, at: midnight) { taken.add() } } })
            #expect(results.allSatisfy { $0 == nil })
            #expect(taken.count == 30)
            #expect(commits.count == 1)
        }
    }

    // MARK: Support

    private typealias Write = @Sendable () async throws -> Void
    /// Starts writes one after the other while the database is busy, and returns what they threw.
    private struct WhileBusy: Sendable {
        let store: SQLiteStore

        func callAsFunction(
            _ writes: [Write], cancelling cancelled: [Int] = [], waiting: Int? = nil
        ) async -> [String?] {
            let gate = Gate()
            let blocker = Task {
                try await store.pool.writeWithoutTransaction { _ in gate.waitUntilOpen() }
            }
            await gate.waitUntilReached()
            var tasks: [Task<Void, any Error>] = []
            for (number, write) in writes.enumerated() {
                tasks.append(Task { try await write() })
                let expected = min(number + 1, waiting ?? .max)
                while store.groupedWrites.waiting < expected { await Task.yield() }
            }
            for number in cancelled { tasks[number].cancel() }
            gate.open()
            _ = await blocker.result
            var results: [String?] = []
            for task in tasks {
                do {
                    try await task.value
                    results.append(nil)
                } catch {
                    results.append("\(error)")
                }
            }
            return results
        }
    }

    private func withBusyStore(_ body: (SQLiteStore, Commits, WhileBusy) async throws -> Void) async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path, .patient) { store in
                let commits = Commits()
                store.pool.add(transactionObserver: commits, extent: .databaseLifetime)
                try await body(store, commits, WhileBusy(store: store))
            }
        }
    }

    private func inserts(of codes: [String], _ store: SQLiteStore) -> [Write] {
        codes.map { code in { try await store.insertLinks(code) } }
    }

    /// Makes the database refuse a code; the schema's change counts as no commit.
    private func refuse(_ code: String, with action: String, _ store: SQLiteStore) async throws {
        try await store.pool.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER refusal BEFORE INSERT ON links WHEN NEW.code = '\(code)'
                    BEGIN SELECT RAISE(\(action), 'no such link'); END
                    """)
        }
    }

    private func codes(_ store: SQLiteStore) async throws -> [String] {
        try await store.links(LinkQuery(limit: 99)).links.map(\.code.text).sorted()
    }

    /// Counts the commits that change links, and refuses them if it shall.
    private final class Commits: TransactionObserver, Sendable {
        private struct State {
            var count = 0
            var hasChanges = false
            var refuses = false
        }

        private struct Refusal: Error {}

        private let state = Mutex(State())

        var count: Int { state.withLock(\.count) }
        var refuses: Bool {
            get { state.withLock(\.refuses) }
            set { state.withLock { $0.refuses = newValue } }
        }

        func reset() { state.withLock { $0.count = 0 } }

        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { eventKind.tableName == "links" }
        func databaseDidChange(with event: DatabaseEvent) { state.withLock { $0.hasChanges = true } }
        func databaseWillCommit() throws { if refuses { throw Refusal() } }
        func databaseDidCommit(_ database: Database) {
            state.withLock { state in
                if state.hasChanges { state.count += 1 }
                state.hasChanges = false
            }
        }
        func databaseDidRollback(_ database: Database) { state.withLock { $0.hasChanges = false } }
    }

    private final class Taken: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func add() { number.add(1, ordering: .relaxed) }
    }

    /// Holds the thread of the database's writer.
    private final class Gate: Sendable {
        private let reached = Atomic(false)
        private let opened = Atomic(false)

        func waitUntilOpen() {
            reached.store(true, ordering: .releasing)
            while !opened.load(ordering: .acquiring) { usleep(200) }
        }

        /// Blocks no thread: whoever shall reach it may need one.
        func waitUntilReached() async {
            while !reached.load(ordering: .acquiring) { try? await Task.sleep(for: .milliseconds(1)) }
        }

        func open() { opened.store(true, ordering: .releasing) }
    }
}
