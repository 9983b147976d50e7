import ClickQueue
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Synchronization

/// A store in memory whose `add` fails or hangs as the test says.
final class ScriptedStore: StatsStore, ReportStore {
    private struct Script {
        var failures = 0
        var refused: Set<Int64> = []
        var keepsClaims = false
        var failsProbes = false
        var isHeld = false
        var calls = 0
        var largestCall = 0
        var partitionTimes: [Timestamp] = []
    }

    let base = MemoryStore()
    private let script = Mutex(Script())
    private let released = ChangeSignal()

    /// Lets the next calls of `add` fail, empty ones only where `probesToo`.
    func failNext(_ count: Int, probesToo: Bool = false) {
        script.withLock {
            $0.failures = count
            $0.failsProbes = probesToo
        }
    }

    /// Lets calls of `abandonReport` fail.
    func keepClaims(_ keepsClaims: Bool) {
        script.withLock { $0.keepsClaims = keepsClaims }
    }

    /// Lets every call of `add` fail that has one of these frames.
    func refuse(_ numbers: Set<Int64>) {
        script.withLock { $0.refused = numbers }
    }

    /// Lets calls of `add` wait until ``release()`` or cancellation.
    func hold() {
        script.withLock { $0.isHeld = true }
    }

    func release() {
        script.withLock { $0.isHeld = false }
        released.send()
    }

    /// Calls of `add` with frames.
    var calls: Int { script.withLock { $0.calls } }
    /// For which times partitions were made.
    var partitionTimes: [Timestamp] { script.withLock { $0.partitionTimes } }
    /// Frames in the largest call of `add`.
    var largestCall: Int { script.withLock { $0.largestCall } }

    func add(_ frames: [CountedFrame], at now: Timestamp) async throws -> AddOutcome {
        let fails = script.withLock { script in
            if !frames.isEmpty { script.calls += 1 }
            script.largestCall = max(script.largestCall, frames.count)
            guard script.failures > 0, !frames.isEmpty || script.failsProbes else { return false }
            script.failures -= 1
            return true
        }
        let isRefused = script.withLock { script in frames.contains { script.refused.contains($0.id.number) } }
        if isRefused { throw StoreError.refused(reason: "as the test wants it") }
        if fails { throw StoreError.unavailable(reason: "as the test wants it") }
        while !frames.isEmpty {
            let generation = released.generation
            guard script.withLock({ $0.isHeld }) else { break }
            try Task.checkCancellation()
            await released.wait(after: generation)
        }
        return await base.add(frames, at: now)
    }

    func buckets(_ range: StatsRange) async throws -> [BucketTally] { await base.buckets(range) }

    func values(
        _ range: StatsRange, dimension: Dimension, traffic: Traffic, limit: Int
    ) async throws -> [ValueTally] {
        await base.values(range, dimension: dimension, traffic: traffic, limit: limit)
    }

    func visitors(_ range: StatsRange) async throws -> VisitorCount { await base.visitors(range) }

    func topLinks(_ range: StatsRange, traffic: Traffic, limit: Int) async throws -> [LinkTally] {
        await base.topLinks(range, traffic: traffic, limit: limit)
    }

    func packVisitors(beforeHour hour: Int64) async throws -> Int { await base.packVisitors(beforeHour: hour) }

    func forgetVisitors(beforeDay day: Int64) async throws -> Int { await base.forgetVisitors(beforeDay: day) }

    func announce(_ announcements: [JournalAnnouncement], at now: Timestamp) async throws -> [Int] {
        await base.announce(announcements, at: now)
    }

    func journalLedgers() async throws -> [JournalLedger] { await base.journalLedgers() }

    func countedThrough(
        silentSince: Timestamp, abandonedSince: Timestamp, replacedSince: Timestamp
    ) async throws -> Timestamp? {
        await base.countedThrough(
            silentSince: silentSince, abandonedSince: abandonedSince, replacedSince: replacedSince)
    }

    func hold(_ extents: [JournalExtent]) async throws -> Bool { await base.hold(extents) }

    func foldJournals(finishedBefore: Timestamp, silentBefore: Timestamp) async throws -> Int {
        await base.foldJournals(finishedBefore: finishedBefore, silentBefore: silentBefore)
    }

    func makePartitions(at now: Timestamp) async throws -> Int {
        script.withLock { $0.partitionTimes.append(now) }
        return 1
    }

    func claimDueReports(limit: Int, at now: Timestamp, until claimEnd: Timestamp) async throws -> [DueReport] {
        await base.claimDueReports(limit: limit, at: now, until: claimEnd)
    }

    func finishReport(_ report: DueReport) async throws { await base.finishReport(report) }

    func abandonReport(_ report: DueReport) async throws {
        if script.withLock({ $0.keepsClaims }) { throw StoreError.unavailable(reason: "as the test wants it") }
        await base.abandonReport(report)
    }

    func reportLines(_ period: ReportPeriod, after code: ShortCode?, limit: Int) async throws -> [ReportLine] {
        await base.reportLines(period, after: code, limit: limit)
    }
}
