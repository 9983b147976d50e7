import ClickQueue
import FoundationEssentials
import NIOPosix
import ServiceLifecycle
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@testable import ClickJournal
@testable import ShrinkrAPI

/// What the journal's progress and that of earlier starts comes to in the store.
@Suite(.ownThread) struct JournalServiceTests {
    private let folder: TemporaryFolder
    private let readiness = Readiness(components: [], degrading: [API.journalComponent, API.queueComponent])
    private let lines = LogLines(showing: "error")

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open(_ name: String = "journal") async throws -> ClickJournal {
        var limits = JournalConfiguration()
        limits.maximumFrameRecords = 2
        return try await ClickJournal.open(
            directory: "\(folder.path)/\(name)", configuration: limits, threadPool: .singleton,
            now: { WallClock.system.now().milliseconds })
    }

    private func service(
        _ journal: ClickJournal, _ store: MemoryStore, writeWaiting: @escaping @Sendable () async -> Void = {}
    ) -> JournalService {
        JournalService(
            journal: journal, stats: store, readiness: readiness, answered: { 0 }, writeWaiting: writeWaiting,
            syncInterval: .milliseconds(100), clock: .system, logger: lines.logger)
    }

    private func publisher(_ journal: ClickJournal, _ queue: RecordingQueue) throws -> ClickPublisher {
        ClickPublisher(
            journal: journal, queue: queue, metrics: try APIMetrics(registry: MetricsRegistry()), readiness: readiness,
            clock: .system, logger: silent)
    }

    private func append(_ count: Int, to journal: ClickJournal) throws {
        for _ in 0..<count {
            var record: [UInt8] = []
            Click(time: TestClock.start, code: try #require(ShortCode("mine")), method: .get).appendJSON(to: &record)
            #expect(journal.append(record) == .recorded)
        }
    }

    private func count(_ frames: [FrameID], in store: MemoryStore) async throws {
        let counted = frames.map { id in
            CountedFrame(id: id, counts: [:], clicks: 1, countsBehind: { _ in [:] })
        }
        _ = await store.add(counted, at: TestClock.start)
    }

    /// Many starts while the queue is away; the store knows of all of them before one can be sent.
    @Test func manyStartsAreSentOnceTheQueueIsBack() async throws {
        let (starts, store) = (300, MemoryStore())
        let queue = RecordingQueue(judge: RecordingQueue.refuseAll)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/journal", withIntermediateDirectories: true)
        for number in 0..<starts {
            // A folder of its own: a lock goes a moment after its last user.
            let journal = try await open("start-\(number)")
            try append(1 + number % 3, to: journal)
            try FileManager.default.moveItem(
                atPath: "\(folder.path)/start-\(number)/\(journal.identity)",
                toPath: "\(folder.path)/journal/\(journal.identity)")
        }
        let journal = try await open()
        let clicks = journal.status().unacknowledgedRecords
        #expect(clicks == starts * 2)
        try await withServices([service(journal, store), try publisher(journal, queue)]) { _ in
            try await eventually("the store knows of every start") {
                await store.journalLedgers().reduce(0) { $0 + ($1.account?.recorded ?? 0) } == clicks
            }
            let extents = journal.earlierStatuses.map(\.extent)
            #expect(extents.count == starts)
            #expect(await !store.hold(extents))
            queue.judge(by: RecordingQueue.acceptAll)
            try await eventually("all is sent and forgotten") { journal.earlierStatuses.isEmpty }
            try await count(queue.accepted.map(\.id), in: store)
            #expect(await store.hold(extents))
        }
        #expect(try queue.clicks().count == clicks)
        #expect(Set(queue.accepted.map(\.id)).count == queue.accepted.count)
        let accounts = await store.journalLedgers().compactMap(\.account)
        #expect(accounts.reduce(0) { $0 + $1.recorded } == clicks && accounts.reduce(0) { $0 + $1.published } == clicks)
    }

    /// An announcement says that the journal holds all clicks up to a moment: not while one of them waits for the disk.
    @Test func nothingIsAnnouncedWhileClicksWaitToBeWritten() async throws {
        let (store, journal) = (MemoryStore(), try await open())
        try append(2, to: journal)
        let isWritten = Mutex(false)
        let service = service(journal, store) {
            while !isWritten.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
        }
        try await withServices([service]) { _ in
            try await Task.sleep(for: .milliseconds(50))
            #expect(await store.journalLedgers().isEmpty)
            isWritten.withLock { $0 = true }
            try await eventually("it is announced") {
                await store.journalLedgers().contains { $0.account?.recorded == 2 }
            }
        }
    }

    /// A store that was put back to a state from before: the journal knows what was counted.
    @Test func aStoreThatIsOlderThanTheJournalIsTold() async throws {
        let (store, older, queue) = (MemoryStore(), MemoryStore(), RecordingQueue())
        let journal = try await open()
        try append(6, to: journal)
        _ = journal.seal()
        try await withServices([service(journal, store), try publisher(journal, queue)]) { _ in
            try await eventually("all is sent") { journal.status().isAcknowledged }
            try await count(queue.accepted.map(\.id), in: store)
            try await eventually("it is known to be counted") { journal.ownStatus().countedFrames == 3 }
        }
        #expect(lines.all.allSatisfy { !$0.contains("older") })
        let again = try await open()
        try await withServices([service(again, older), try publisher(again, queue)]) { _ in
            try await eventually("the readiness tells of it") { readiness.isDegraded }
            #expect(lines.all.contains { $0.contains("The database is older than the journal it lacks 3 frames") })
        }
        #expect(again.earlierStatuses.count == 1, "it is kept for the database that belongs to it")
        let last = try await open()
        try await withServices([service(last, store), try publisher(last, queue)]) { _ in
            try await eventually("all is well again") { last.earlierStatuses.isEmpty }
        }
        #expect(!readiness.isDegraded)
    }

    /// One that is only behind has counted nothing that it does not know.
    @Test func aStoreThatIsBehindIsNot() async throws {
        let (store, queue) = (MemoryStore(), RecordingQueue())
        let journal = try await open()
        try append(6, to: journal)
        _ = journal.seal()
        try await withServices([service(journal, store), try publisher(journal, queue)]) { _ in
            try await eventually("all is sent") { journal.status().isAcknowledged }
        }
        let again = try await open()
        try await withServices([service(again, store), try publisher(again, queue)]) { _ in
            try await eventually("it is forgotten") { again.earlierStatuses.isEmpty }
        }
        #expect(!readiness.isDegraded && lines.all.allSatisfy { !$0.contains("older") })
    }

    /// Clicks of a segment that lay in the wrong folder are lost to the journal that took them in, and to no other.
    @Test func segmentsOfAnotherJournalAreInTheLedger() async throws {
        let store = MemoryStore()
        let (mine, other) = (try await open(), try await open("other"))
        for (journal, count) in [(mine, 3), (other, 2)] { try append(count, to: journal) }
        // What the folder's own journal notes tells whose folder it is.
        _ = try await mine.lives[0].sealedFrames(after: 0, limit: .max)
        try await mine.acknowledge(through: 1, of: mine.identity)
        let files = "\(folder.path)/journal/\(mine.identity)"
        let names = try FileManager.default.contentsOfDirectory(atPath: files)
        let segment = try #require(names.first { $0.hasSuffix(".clicks") })
        try FileManager.default.removeItem(atPath: "\(files)/\(segment)")
        try FileManager.default.moveItem(
            atPath: "\(folder.path)/other/\(other.identity)/\(segment)", toPath: "\(files)/\(segment)")
        try await mine.close()
        let journal = try await open()
        let name = other.identity.description
        try await withServices([service(journal, store)]) { _ in
            try await eventually("the store knows") { await store.journalLedgers().contains { $0.journal == name } }
        }
        let account = try #require(await store.journalLedgers().first { $0.journal == name }?.account)
        #expect((account.answered, account.recorded, account.lost, account.published) == (2, 2, 2, 0))
    }
}

@Suite(.ownThread) struct LastWordsTests {
    private let identity = JournalIdentity.random()
    private let start = TestClock.start

    @Test func whatDidNotChangeIsSaidNowAndThen() {
        var words = LastWords()
        var status = JournalStatus(identity: identity)
        #expect(words.areDue(status, at: start))
        words.note(status, counted: 0, at: start)
        #expect(!words.areDue(status, at: start.advanced(by: LastWords.interval - .milliseconds(1))))
        #expect(words.areDue(status, at: start.advanced(by: LastWords.interval)))
        // A clock that was put back.
        #expect(words.areDue(status, at: start.advanced(by: .seconds(-1))))
        status.countedFrames = 7
        #expect(!words.areDue(status, at: start))
        status.acknowledgedFrame = 1
        #expect(words.areDue(status, at: start))
        #expect(LastWords.interval * 2 <= StatsController.replacement)
    }

    @Test func aJournalIsKeptForADayWhereTheStoreIsOlder() {
        var words = LastWords()
        var status = JournalStatus(identity: identity)
        #expect(!words.areFinal(of: status, at: start), "the store was not told")
        status.countedFrames = 5
        words.note(status, counted: 3, at: start)
        #expect(words.framesBehind == 2)
        #expect(!words.areFinal(of: status, at: start))
        let end = start.advanced(by: LastWords.patience)
        words.note(status, counted: 4, at: end.advanced(by: .seconds(-1)))
        #expect(!words.areFinal(of: status, at: end.advanced(by: .seconds(-1))))
        #expect(words.areFinal(of: status, at: end))
        // A process that was started meanwhile waits no longer.
        status.behindSince = start.milliseconds
        var later = LastWords()
        later.note(status, counted: 4, at: end)
        #expect(later.areFinal(of: status, at: end))
        words.note(status, counted: 5, at: end)
        #expect(words.framesBehind == 0 && words.areFinal(of: status, at: start))
        status.unacknowledgedFrames = 1
        words.note(status, counted: 5, at: end)
        #expect(!words.areFinal(of: status, at: end))
    }
}
