import FoundationEssentials
import GRDB
import Glibc
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import ShrinkrStoreSQLite
import Testing

/// What an SQLite store does with its file.
@Suite struct SQLiteFileTests {
    @Test func reopenedStoreHasEverything() async throws {
        try await withDatabasePath { path in
            let reservation = IdempotencyReservation(key: [1], fingerprint: [2], token: [3])
            let key = APIKeyRecord(
                id: "k", name: "n", scopes: [.admin], secretHash: [1], createdAt: midnight, expiresAt: nil)
            try await withSQLiteStore(path) { store in
                _ = try await store.reserve(reservation, at: midnight, abandonedBefore: midnight)
                let completion = IdempotentCompletion<[InsertOutcome]>(reservation: reservation) { _ in [9] }
                _ = try await store.insert([NewLink("a") { $0.tags = ["t"] }], completing: completion)
                try await store.insert(key, completing: nil)
                try await store.announce(
                    JournalAnnouncement(
                        extent: JournalExtent(journal: "a", frame: 1), time: midnight), at: midnight)
                _ = try await store.add([CountedFrame(1, people: ["a": 2])], at: midnight)
            }
            try await withSQLiteStore(path) { store in
                #expect(try await store.link(try code("a"))?.settings.tags == ["t"])
                #expect(try await store.latestChange() == 1)
                #expect(
                    try await store.reserve(reservation, at: midnight, abandonedBefore: midnight) == .completed([9]))
                #expect(try await store.apiKeys(APIKeyQuery(limit: 9, asOf: midnight)).keys == [key])
                #expect(try await store.clicks("a") == 2)
                #expect(
                    try await store.countedThrough(
                        silentSince: midnight, abandonedSince: midnight, replacedSince: Timestamp(milliseconds: 0))
                        == midnight)
                #expect(try await store.claimDueReports(limit: 9, at: midnight, until: midnight).count == 2)
                let outcome = try await store.add([CountedFrame(1, people: ["a": 2])], at: midnight)
                #expect(outcome == AddOutcome(duplicateFrames: 1))
            }
        }
    }

    @Test func missingFoldersAreMadeAndNobodyElseMayRead() async throws {
        try await withDatabasePath { path in
            let folder = path.dropLast("/shrinkr.db".count) + "/deep/down"
            try await withSQLiteStore("\(folder)/x.db") { store async throws in
                try await store.insertLinks("a")
                for (name, mode) in [("/x.db", 0o600), ("/x.db-wal", 0o600), ("", 0o700)] {
                    var status = stat()
                    try #require(stat(folder + name, &status) == 0)
                    #expect(status.st_mode & 0o777 == mode, "\(name)")
                }
            }
        }
    }

    /// SQLite would make the file that a link leads to readable for everybody.
    @Test func fileBehindALinkIsMadeForNobodyElse() async throws {
        try await withDatabasePath { path in
            let folder = String(path.dropLast("/shrinkr.db".count))
            try #require(mkdir(folder, 0o700) == 0 && mkdir("\(folder)/far", 0o700) == 0)
            try #require(symlink("far/link", path) == 0 && symlink("\(folder)/far/away.db", "\(folder)/far/link") == 0)
            try await withSQLiteStore(path) { store async throws in
                try await store.insertLinks("a")
                for name in ["away.db", "away.db-wal", "away.db-shm"] {
                    var status = stat()
                    try #require(stat("\(folder)/far/\(name)", &status) == 0, "\(name)")
                    #expect(status.st_mode & 0o777 == 0o600, "\(name)")
                }
            }
        }
    }

    /// What would go to a file that is not there any more, or to one that will not stay, would be lost.
    @Test func movedOrReplacedFileIsUnavailable() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store async throws in
                try await store.insertLinks("a")
                try #require(rename(path, path + ".away") == 0)
                let write = await #expect(throws: StoreError.self) { try await store.insertLinks("b") }
                #expect(try #require(write).description.contains("moved or replaced"))
                try createFile(path, Data())
                await #expect(throws: StoreError.self) { try await store.insertLinks("b") }
                await #expect(throws: StoreError.self) { try await store.link(try code("a")) }
                try #require(rename(path + ".away", path) == 0)
                try await store.insertLinks("b")
                #expect(try await store.link(try code("a")) != nil)
            }
        }
    }

    @Test func emptyFileBecomesADatabase() async throws {
        try await withDatabasePath { path in
            try createFile(path, Data())
            try await withSQLiteStore(path) { try await $0.insertLinks("a") }
        }
    }

    @Test func otherFileIsRefused() async throws {
        try await withDatabasePath { path in
            try createFile(path, Data(repeating: 65, count: 5_000))
            try await expectFailure(path, "is not an SQLite database")
        }
    }

    @Test func pathThatCannotBeWrittenIsRefused() async throws {
        try await withDatabasePath { path in
            try createFile(path, Data())
            try await expectFailure("\(path)/below/x.db", "cannot create the folder \(path)/below")
            try await expectFailure("\(path)/x.db", "cannot create")
        }
    }

    @Test func schemaOfANewerVersionIsRefused() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { try await $0.insertLinks("a") }
            try await inspect(path) {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('2-future')")
            }
            try await expectFailure(path, "was written by a newer version of Shrinkr (it has the migration 2-future)")
            let tables = try await inspect(path) { try Int.fetchOne($0, sql: "SELECT count(*) FROM links") }
            #expect(tables == 1)
        }
    }

    @Test func erasedLinkLosesWhatItLedTo() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await store.insert(NewLink("a", url: "https://secret.example/") { $0.tags = ["hidden"] })
                _ = try await store.delete(try code("a"), ifVersion: nil, at: midnight)
                _ = try await store.erase(try code("a"), ifVersion: nil, at: midnight)
            }
            let left = try await inspect(path) { database in
                let row = try Row.fetchOne(database, sql: "SELECT code, url, title FROM links")
                let tags = try Int.fetchOne(database, sql: "SELECT count(*) FROM link_tags")
                return (row?[0] as String?, row?[1] as String?, row?[2] as String?, tags)
            }
            #expect(left == ("a", nil, nil, 0))
        }
    }

    @Test func framesWithoutGapsAreOneRow() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                for number: Int64 in [4, 2, 8, 6, 1, 5, 3, 9, 7, 12] {
                    _ = try await store.add([CountedFrame(number, people: [:])], at: midnight)
                }
            }
            let ranges = try await inspect(path) { database in
                try Row.fetchAll(database, sql: "SELECT first, last FROM ledger_ranges ORDER BY first")
                    .map { [$0[0] as Int64, $0[1] as Int64] }
            }
            #expect(ranges == [[1, 9], [12, 12]])
        }
    }

    @Test func closedStoreFailsWithAnError() async throws {
        try await withDatabasePath { path in
            let store = try await SQLiteStore.open(path: path)
            try await store.close()
            await #expect(throws: StoreError.self) { _ = try await store.link(try code("a")) }
            await #expect(throws: StoreError.self) { try await store.insertLinks("a") }
        }
    }

    private func expectFailure(_ path: String, _ text: String) async throws {
        let error = await #expect(throws: StoreError.self) {
            try await SQLiteStore.open(path: path).close()
        }
        let description = try #require(error).description
        #expect(description.contains(text), "\(description)")
    }

    private func createFile(_ path: String, _ content: Data) throws {
        let folder = String(path.dropLast("/shrinkr.db".count))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try #require(FileManager.default.createFile(atPath: path, contents: content))
    }

    /// Runs `body` on the database behind the store's back.
    private func inspect<Value: Sendable>(
        _ path: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let queue = try DatabaseQueue(path: path)
        let value = try await queue.write(body)
        try queue.close()
        return value
    }
}
