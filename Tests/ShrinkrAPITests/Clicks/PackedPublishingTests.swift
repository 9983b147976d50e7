import ClickJournal
import ClickQueue
import NIOPosix
import ServiceLifecycle
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// Frames in version 2: packed into few messages, kept until they are counted, and sent again in version 1 where a worker
/// does not read them.
@Suite struct PackedPublishingTests {
    private let folder: TemporaryFolder
    private let journal: ClickJournal
    private let queue = RecordingQueue()
    private let store = MemoryStore()
    private let clock = ManualClock()
    private let metrics: APIMetrics
    private let publisher: ClickPublisher

    init() async throws {
        folder = try TemporaryFolder()
        var limits = JournalConfiguration()
        limits.maximumFrameRecords = 2
        journal = try await ClickJournal.open(
            directory: folder.path, configuration: limits, threadPool: .singleton,
            now: { TestClock.start.milliseconds })
        metrics = try APIMetrics(registry: MetricsRegistry())
        publisher = ClickPublisher(
            journal: journal, queue: queue, metrics: metrics,
            readiness: Readiness(components: [], degrading: [API.queueComponent]), workers: store,
            clock: .system, time: MonotonicTime(clock), logger: silent)
    }

    /// Appends frames of two clicks each.
    private func append(frames: Int) throws {
        for number in 0..<frames * 2 {
            var record: [UInt8] = []
            let time = TestClock.start.advanced(by: .milliseconds(number))
            Click(time: time, code: try #require(ShortCode("mine")), method: .get).appendJSON(to: &record)
            #expect(journal.append(record) == .recorded)
        }
        _ = journal.seal()
    }

    private func announce(_ version: Int) async {
        await store.announceWorker(WorkerAnnouncement(id: "w\(version)", frameVersion: version), for: .seconds(3_600))
    }

    /// Has the publisher use version 2.
    private func useVersionTwo() async throws {
        await announce(2)
        let keeper = try #require(publisher.versions)
        try await keeper.refresh()
        clock.advance(by: FrameVersionRule.quietTime)
        try await keeper.refresh()
        #expect(keeper.version == 2)
    }

    /// Sends what there is, and says what the messages hold: how many frames, and the clicks.
    private func sent() async throws -> [FrameMessage] {
        let before = queue.accepted.count
        for _ in 0..<10 {
            let pieces = try await publisher.nextPieces(isDraining: false)
            if pieces.isEmpty { break }
            try await publisher.send(pieces)
        }
        return try queue.accepted.dropFirst(before).map { try FrameMessage(wire: $0.body) }
    }

    /// Counts frames as a worker does that reads them.
    private func count(_ messages: [FrameMessage]) async throws {
        for message in messages {
            for frame in message.frames {
                _ = await store.add(
                    [
                        CountedFrame(
                            id: frame.id, counts: [:], clicks: frame.clicks.count, isPartial: frame.isPartial,
                            countsBehind: { _ in [:] })
                    ], at: TestClock.start)
            }
        }
    }

    @Test func framesShareMessagesAndAreKeptUntilTheyAreCounted() async throws {
        try await useVersionTwo()
        try append(frames: 14)
        let messages = try await sent()
        #expect(messages.map { $0.frames.map(\.id.number) } == [Array(1...6), Array(7...12), [13, 14]])
        #expect(messages.map(\.clicks.count) == [12, 12, 4])
        #expect(journal.status().unacknowledgedFrames == 14)
        #expect(metrics.clicksPublished.value == 28)
        try await count([messages[1]])
        try await publisher.versions?.refresh()
        #expect(journal.status().acknowledgedFrame == 0)
        try await count([messages[0]])
        try await publisher.versions?.refresh()
        #expect(journal.status().acknowledgedFrame == 12)
        #expect(metrics.framesSentAgain.value == 0)
    }

    @Test func fewFramesWaitAWhileForOthers() async throws {
        try await useVersionTwo()
        try append(frames: 2)
        #expect(try await sent().isEmpty)
        clock.advance(by: FrameDispenser.gatheringTime)
        #expect(try await sent().map(\.frames.count) == [2])
    }

    /// What a reader of version 1 makes of the message: a beginning without clicks.
    @Test func whatAnOlderWorkerTookForABeginningIsSentAgain() async throws {
        try await useVersionTwo()
        try append(frames: 6)
        #expect(try await sent().map(\.frames.count) == [6])
        let id = FrameID(journal: journal.identity.description, number: 1)
        _ = await store.add(
            [CountedFrame(id: id, counts: [:], clicks: 0, isPartial: true, countsBehind: { _ in [:] })],
            at: TestClock.start)
        try await publisher.versions?.refresh()
        #expect(publisher.versions?.version == 1)
        let again = try await sent()
        #expect(again.map { $0.frames.map(\.id.number) } == (1...6).map { [$0] })
        #expect(again.flatMap(\.clicks).count == 12)
        #expect(queue.accepted.suffix(6).allSatisfy { !String(decoding: $0.body, as: UTF8.self).contains("packed") })
        // The queue has them in a form that every worker reads.
        #expect(journal.status().unacknowledgedFrames == 0)
        #expect((metrics.framesSentAgain.value, metrics.clicksPublished.value) == (6, 12))
    }

    @Test func aStrangerWhoCountsEndsVersionTwo() async throws {
        try await useVersionTwo()
        try append(frames: 6)
        let messages = try await sent()
        try await count(messages)
        await store.addClicksOfStrangers(1, of: journal.identity.description)
        try await publisher.versions?.refresh()
        #expect(publisher.versions?.version == 1)
        #expect(journal.status().unacknowledgedFrames == 0)
        #expect(try await sent().isEmpty)
    }

    @Test func whatIsNotCountedForLongIsSentAgain() async throws {
        try await useVersionTwo()
        try append(frames: 6)
        #expect(try await sent().count == 1)
        clock.advance(by: FrameVersionKeeper.patience)
        try await publisher.versions?.refresh()
        #expect(publisher.versions?.version == 2)
        clock.advance(by: .milliseconds(1))
        try await publisher.versions?.refresh()
        #expect(publisher.versions?.version == 1)
        #expect(try await sent().count == 6)
        #expect(journal.status().unacknowledgedFrames == 0)
    }

    @Test func withoutWorkersThereIsVersionOne() async throws {
        try await useVersionTwo()
        await store.withdrawWorker("w2")
        try await publisher.versions?.refresh()
        try append(frames: 3)
        #expect(try await sent().map(\.frames.count) == [1, 1, 1])
    }

    /// A message that the queue refuses for what is in it costs its frames nothing but company.
    @Test func aRefusedMessageIsSentInVersionOne() async throws {
        try await useVersionTwo()
        queue.judge { frame, _ in
            String(decoding: frame.body, as: UTF8.self).contains("packed") ? .refused(reason: "characters") : .accepted
        }
        try append(frames: 6)
        #expect(try await sent().map(\.frames.count) == Array(repeating: 1, count: 6))
        #expect(journal.status().unacknowledgedFrames == 0)
    }

    @Test func whatIsNotCountedAtTheEndIsSentAgain() async throws {
        try await useVersionTwo()
        try append(frames: 6)
        #expect(try await sent().count == 1)
        // Services are stopped as soon as they have begun.
        try await withServices([publisher]) { _ in }
        #expect(journal.status().unacknowledgedFrames == 0)
        #expect(queue.accepted.count == 7)
    }
}
