import FoundationEssentials
import GRDB
import ShrinkrBase
import ShrinkrStore
import ShrinkrStoreSQLite
import Testing

/// The keys of visitor hashes.
@Suite struct VisitorKeyTests {
    @Test(arguments: StoreKind.allCases)
    func firstProposalIsTheDaysKey(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.visitorKey(ofDay: 1, proposal: [1]) == [1])
            #expect(try await store.visitorKey(ofDay: 1, proposal: [2]) == [1])
            #expect(try await store.visitorKey(ofDay: 2, proposal: [2]) == [2])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func onlyPastKeysAreDestroyed(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for day: Int64 in 1...3 { _ = try await store.visitorKey(ofDay: day, proposal: [UInt8(day)]) }
            try await store.destroyVisitorKeys(beforeDay: 3)
            try await store.destroyVisitorKeys(beforeDay: 3)
            #expect(try await store.visitorKey(ofDay: 3, proposal: [9]) == [3])
            #expect(try await store.visitorKey(ofDay: 2, proposal: [9]) == [9])
        }
    }

    /// Several processes, one of them with a clock that is ahead: the others keep their key of today, and it goes when its
    /// time is over by the store's clock, whatever a clock that is behind says.
    @Test(arguments: StoreKind.allCases, [1, 2, 400] as [Int64])
    func aClockThatIsAheadDestroysNoKeyOfToday(_ kind: StoreKind, days: Int64) async throws {
        try await kind.withStore { store in
            let now = WallClock.system.now()
            let today = now.utcDay
            for day in today - 2...today + 1 {
                _ = try await store.visitorKey(ofDay: day, proposal: [UInt8(day - today + 2)])
            }
            // By a process that is behind, by one that is ahead, and by one that is right.
            for clock in [-3 * 86_400, days * 86_400, 0] as [Int64] {
                let day = VisitorKeys.firstDay(at: now.advanced(by: .seconds(clock)))
                try await store.destroyVisitorKeys(beforeDay: day)
                #expect(try await store.visitorKey(ofDay: today, proposal: [9]) == [2])
                #expect(try await store.visitorKey(ofDay: today + 1, proposal: [9]) == [3])
            }
            #expect(try await store.visitorKey(ofDay: today - 2, proposal: [9]) == [9])
        }
    }

    @Test func processesThatProposeAtOnceGetOneKey() async throws {
        try await withDatabasePath { path in
            let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for number: UInt8 in 0..<6 {
                    group.addTask {
                        try await withSQLiteStore(path) { try await $0.visitorKey(ofDay: 1, proposal: [number]) }
                    }
                }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            #expect(keys.count == 1)
        }
    }

    /// Neither the database's file nor those beside it keep a byte of a destroyed key, while the store stays open.
    @Test func destroyedKeyIsInNoFile() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let keys = (0..<4).map { _ in (0..<32).map { _ in UInt8.random(in: 0...255) } }
                for (day, key) in keys.enumerated() {
                    _ = try await store.visitorKey(ofDay: Int64(day), proposal: key)
                    // Something else is written between, as in life.
                    try await store.insertLinks("link\(day)")
                }
                #expect(try keys.allSatisfy { try isOnDisk($0, besides: path) }, "else the search proves nothing")
                try await store.destroyVisitorKeys(beforeDay: 3)
                for key in keys.dropLast() {
                    for part in [key.prefix(8), key.dropFirst(12).prefix(8), key.suffix(8)] {
                        #expect(try !isOnDisk(Array(part), besides: path))
                    }
                }
                #expect(try await store.visitorKey(ofDay: 3, proposal: [0]) == keys[3])
            }
        }
    }

    /// A reader that still sees the database as it was keeps the old bytes alive: that is told, and done the next time.
    @Test func readerDelaysTheDestruction() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let key = (0..<32).map { _ in UInt8.random(in: 0...255) }
                _ = try await store.visitorKey(ofDay: 1, proposal: key)
                var configuration = Configuration()
                configuration.allowsUnsafeTransactions = true
                let reader = try DatabaseQueue(path: path, configuration: configuration)
                try await reader.writeWithoutTransaction { database in
                    try database.beginTransaction(.deferred)
                    _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM links")
                }
                await #expect(throws: StoreError.self) { try await store.destroyVisitorKeys(beforeDay: 2) }
                // Others can write all the same.
                try await store.insertLinks("a")
                try await reader.writeWithoutTransaction { try $0.rollback() }
                try await store.destroyVisitorKeys(beforeDay: 2)
                #expect(try !isOnDisk(key, besides: path))
                try reader.close()
            }
        }
    }

    /// Whether the bytes are in a file of the database's folder.
    private func isOnDisk(_ bytes: [UInt8], besides path: String) throws -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
            let content = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            return content.firstRange(of: Data(bytes)) != nil
        }
    }
}
