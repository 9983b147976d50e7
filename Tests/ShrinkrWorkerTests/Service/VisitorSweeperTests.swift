import Logging
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite struct VisitorSweeperTests {
    @Test func visitorsOfLongPastDaysAreForgottenAndTheirNumberStays() async throws {
        let store = MemoryStore()
        let now = Timestamp(seconds: 1_795_000_000)
        let code = try #require(ShortCode("swept"))
        _ = try await store.insert(
            [NewLink(candidates: [code], settings: LinkSettings(url: "https://example.com/"), createdAt: now)],
            completing: nil)
        for (number, daysAgo) in [(Int64(1), Int64(40)), (2, 1)] {
            let day = now.utcDay - daysAgo
            let counts = LinkCounts(
                buckets: [TimeBucket(index: day * 96): Tally(people: 1)], visitors: [day * 24: [VisitorHash(bits: 7)]])
            let frame = CountedFrame(
                id: FrameID(journal: "00000000-0000-4000-8000-000000000000", number: number), counts: [code: counts],
                clicks: 1, countsBehind: { _ in [:] })
            _ = await store.add([frame], at: now)
        }
        let sweeper = VisitorSweeper(
            stats: store, wallClock: WallClock { now },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))

        try await sweeper.forgetVisitors()

        #expect(await store.forgetVisitors(beforeDay: now.utcDay - VisitorSweeper.keptDays) == 0)
        #expect(await store.forgetVisitors(beforeDay: now.utcDay + 1) == 2)
        let range = StatsRange(
            code: code, buckets: TimeBucket(index: (now.utcDay - 50) * 96)..<TimeBucket(index: (now.utcDay + 1) * 96))
        #expect(await store.visitors(range) == VisitorCount(number: 2, isExact: true))
    }

    @Test(.timeLimit(.minutes(5))) func theStoreIsMadeReadyForTheMonthsToComeAsSoonAsTheWorkerStarts() async throws {
        let store = ScriptedStore()
        let now = Timestamp(seconds: 1_795_000_000)
        let sweeper = VisitorSweeper(
            stats: store, wallClock: WallClock { now },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sweeper.run() }
            while store.partitionTimes.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(store.partitionTimes == [now])
    }
}
