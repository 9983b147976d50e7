import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Synchronization
import Testing

@testable import ShrinkrAPI

/// Processes that share the keys of visitor hashes, over days and with a database that comes and goes.
@Suite struct VisitorKeyKeeperTests {
    private let store = FailingKeyStore()

    @Test func processesAgreeOnEveryDay() async throws {
        let tasks = [Process(store), Process(store)]
        var hashes: Set<VisitorHash> = []
        for _ in 0..<4 {
            for task in tasks { try await task.keeper.refresh() }
            #expect(try tasks[0].hash() == tasks[1].hash())
            hashes.insert(try tasks[0].hash())
            for task in tasks { task.clock.advance(by: .seconds(86_400)) }
        }
        #expect(hashes.count == 4)
    }

    @Test func nextDaysKeyIsHadBeforeMidnight() async throws {
        let tasks = [Process(store), Process(store)]
        // 23:59 of the first day.
        for task in tasks {
            task.clock.advance(by: .seconds(12 * 3_600 - 60))
            try await task.keeper.refresh()
        }
        store.isAway = true
        for task in tasks { task.clock.advance(by: .seconds(120)) }
        #expect(try tasks[0].hash() == tasks[1].hash())
    }

    /// With the database away over midnight each process has a key of its own; the first that reaches the database again
    /// makes its own the key of all, so that a visitor of one process counts at most twice.
    @Test func changeOfDayNeedsNoDatabase() async throws {
        let tasks = [Process(store), Process(store)]
        for task in tasks { try await task.keeper.refresh() }
        store.isAway = true
        for task in tasks { task.clock.advance(by: .seconds(86_400)) }
        let (first, second) = (try tasks[0].hash(), try tasks[1].hash())
        #expect(first != second)
        for task in tasks { await #expect(throws: StoreError.self) { try await task.keeper.refresh() } }
        #expect(try tasks[0].hash() == first)
        store.isAway = false
        for task in tasks { try await task.keeper.refresh() }
        #expect(try tasks.map { try $0.hash() } == [first, first])
    }

    /// Clocks that are 20 minutes wrong, one each way, with a restart of the slow one while the fast one is at the next day.
    @Test func wrongClocksAgreeAroundMidnight() async throws {
        let (slow, fast) = (Process(store), Process(store))
        slow.clock.advance(by: .seconds(-1_200))
        fast.clock.advance(by: .seconds(1_200))
        // From 23:00 to 01:00, minute by minute.
        for task in [slow, fast] { task.clock.advance(by: .seconds(11 * 3_600)) }
        var hashes: [Int64: Set<VisitorHash>] = [:]
        for _ in 0..<120 {
            let restarted = Process(store)
            restarted.clock.advance(by: .milliseconds(slow.clock.now.milliseconds - TestClock.start.milliseconds))
            for task in [slow, fast, restarted] {
                try await task.keeper.refresh()
                hashes[task.clock.now.utcDay, default: []].insert(try task.hash())
                if task !== restarted { task.clock.advance(by: .seconds(60)) }
            }
        }
        #expect(hashes.count == 2)
        #expect(hashes.values.allSatisfy { $0.count == 1 })
    }

    @Test func pastKeysAreDestroyedAfterTheGrace() async throws {
        let task = Process(store)
        let day = TestClock.start.utcDay
        try await task.keeper.refresh()
        let hash = try task.hash()
        task.clock.advance(by: .seconds(12 * 3_600) + VisitorKeys.grace - .seconds(1))
        try await task.keeper.refresh()
        #expect(await store.days == [day, day + 1])
        #expect(task.hasher.isShared(day))
        task.clock.advance(by: .seconds(1))
        store.isAway = true
        await #expect(throws: StoreError.self) { try await task.keeper.refresh() }
        #expect(!task.hasher.isShared(day), "the process's own copy goes even where the database is away")
        store.isAway = false
        try await task.keeper.refresh()
        #expect(await store.days == [day + 1])
        task.clock.advance(by: .seconds(-86_400))
        #expect(try task.hash() != hash)
    }

    /// Keys that a process left when it was stopped are destroyed when the next one starts.
    @Test func startDestroysWhatAnEarlierProcessLeft() async throws {
        try await Process(store).keeper.refresh()
        let next = Process(store)
        next.clock.advance(by: .seconds(10 * 86_400))
        try await next.keeper.refresh()
        #expect(await store.days == [next.clock.now.utcDay])
    }
}

/// One API process with a clock of its own.
private final class Process: Sendable {
    let clock = TestClock()
    let hasher = VisitorHasher()
    let keeper: VisitorKeyKeeper

    init(_ store: FailingKeyStore) {
        keeper = VisitorKeyKeeper(hasher: hasher, store: store, clock: clock.wallClock, logger: silent)
    }

    /// The hash of one visitor, now.
    func hash() throws -> VisitorHash {
        try #require(hasher.hash(address: IPAddress("198.51.100.77"), userAgent: "A", at: clock.now))
    }
}

private final class FailingKeyStore: VisitorKeyStore {
    private let base = KeptKeys()
    private let away = Atomic(false)

    var isAway: Bool {
        get { away.load(ordering: .relaxed) }
        set { away.store(newValue, ordering: .relaxed) }
    }

    var days: [Int64] { get async { await base.keys.keys.sorted() } }

    func visitorKey(ofDay day: Int64, proposal: [UInt8]) async throws -> [UInt8] {
        try check()
        return await base.key(ofDay: day, proposal: proposal)
    }

    func destroyVisitorKeys(beforeDay day: Int64) async throws {
        try check()
        await base.destroy(beforeDay: day)
    }

    private func check() throws {
        if isAway { throw StoreError.unavailable(reason: "it is away") }
    }
}

private actor KeptKeys {
    var keys: [Int64: [UInt8]] = [:]

    func key(ofDay day: Int64, proposal: [UInt8]) -> [UInt8] {
        keys[day] = keys[day] ?? proposal
        return keys[day] ?? proposal
    }

    func destroy(beforeDay day: Int64) {
        keys = keys.filter { $0.key >= day }
    }
}
