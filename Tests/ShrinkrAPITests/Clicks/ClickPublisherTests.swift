import ClickJournal
import ClickQueue
import CoreTestSupport
import Foundation
import NIOPosix
import ServiceLifecycle
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import TestSupport
import Testing

@testable import ShrinkrAPI

/// What the journal holds reaches the queue, each frame under its own number with its own clicks, until the queue has it.
@Suite(.ownThread) struct ClickPublisherTests {
    private let clock = TestClock()
    private let readiness = Readiness(components: [], degrading: [API.queueComponent])

    private func openJournal(_ folder: TemporaryFolder, frameRecords: Int = 1) async throws -> ClickJournal {
        var limits = JournalConfiguration()
        limits.maximumFrameRecords = frameRecords
        return try await ClickJournal.open(
            directory: folder.path, configuration: limits, threadPool: .singleton,
            now: { [clock] in clock.now.milliseconds })
    }

    private func publisher(_ journal: ClickJournal, _ queue: RecordingQueue) throws -> ClickPublisher {
        ClickPublisher(
            journal: journal, queue: queue, metrics: try APIMetrics(registry: MetricsRegistry()), readiness: readiness,
            clock: .system, logger: silent)
    }

    /// Appends clicks, the number of each in its time.
    private func append(_ numbers: Range<Int>, to journal: ClickJournal) throws {
        for number in numbers {
            var record: [UInt8] = []
            let time = TestClock.start.advanced(by: .milliseconds(number))
            Click(time: time, code: try #require(ShortCode("mine")), method: .get).appendJSON(to: &record)
            #expect(journal.append(record) == .recorded)
        }
    }

    private func numbers(_ queue: RecordingQueue) throws -> [Int] {
        try queue.clicks().map { Int($0.time.milliseconds - TestClock.start.milliseconds) }
    }

    /// One frame number stands for one body, however often it is sent.
    private func expectOneBodyPerFrame(_ queue: RecordingQueue) {
        let bodies = Dictionary(grouping: queue.sent, by: \.id).mapValues { Set($0.map(\.body)) }
        #expect(bodies.values.allSatisfy { $0.count == 1 })
        #expect(Set(bodies.values.flatMap { $0 }).count == bodies.count)
    }

    @Test func everyFrameIsSentAndForgotten() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue())
        let journal = try await openJournal(folder)
        try append(0..<100, to: journal)
        _ = journal.seal()
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the journal is empty") { journal.status().unacknowledgedRecords == 0 }
        }
        #expect(try numbers(queue).sorted() == Array(0..<100))
        #expect(queue.sent.count == 100)
        #expect(Set(queue.sent.map(\.id.number)) == Set(1...100))
        #expect(queue.sent.allSatisfy { $0.id.journal == journal.identity.description })
        #expect(journal.status().acknowledgedFrame == 100)
    }

    @Test func queueThatTakesNothingIsReportedUntilItTakesSomething() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue(judge: RecordingQueue.refuseAll))
        readiness.markReady(API.queueComponent)
        let journal = try await openJournal(folder)
        try append(0..<3, to: journal)
        _ = journal.seal()
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the queue is reported") { readiness.isDegraded }
            #expect(readiness.snapshot.components.map(\.reason) == ["clicks cannot be sent"])
            queue.judge(by: RecordingQueue.acceptAll)
            try await eventually("the queue is well again") { !readiness.isDegraded && readiness.isReady }
        }
        #expect(try numbers(queue).sorted() == [0, 1, 2])
    }

    @Test func refusedFramesAreSentAgainUntilTheyAreTaken() async throws {
        let queue = RecordingQueue { frame, attempt in
            // Every third frame takes three attempts, so frames are taken in another order than theirs.
            attempt < 3 && frame.id.number % 3 == 0 ? .failed(reason: "not now") : .accepted
        }
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        try append(0..<60, to: journal)
        _ = journal.seal()
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the journal is empty") { journal.status().unacknowledgedRecords == 0 }
        }
        #expect(try numbers(queue).sorted() == Array(0..<60))
        #expect(queue.sent.count == 60 + 2 * 20)
        #expect(journal.status().acknowledgedFrame == 60)
        expectOneBodyPerFrame(queue)
    }

    /// While one frame is stuck the journal keeps everything behind it, and the others are sent all the same.
    @Test func stuckFrameHoldsUpNothingButForgetting() async throws {
        let gate = Gate()
        let queue = RecordingQueue { frame, _ in
            if frame.id.number == 1 { await gate.pass() }
            return .accepted
        }
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        try append(0..<60, to: journal)
        _ = journal.seal()
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the other batches are sent") { queue.accepted.count == 50 }
            #expect(journal.status().acknowledgedFrame == 0)
            gate.open()
            try await eventually("the journal is empty") { journal.status().unacknowledgedRecords == 0 }
        }
        #expect(try numbers(queue).sorted() == Array(0..<60))
    }

    @Test func shutdownSendsWhatIsLeft() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue())
        let journal = try await openJournal(folder, frameRecords: 1_000)
        try await withServices([try publisher(journal, queue)]) { shutDown in
            // In a frame that nobody has sealed.
            try append(0..<25, to: journal)
            await shutDown()
        }
        #expect(try numbers(queue).sorted() == Array(0..<25))
        #expect(journal.status().unacknowledgedRecords == 0)
    }

    @Test func shutdownWaitsForAQueueThatComesBack() async throws {
        let queue = RecordingQueue { _, attempt in attempt < 3 ? .failed(reason: "away") : .accepted }
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        try append(0..<5, to: journal)
        try await withServices([try publisher(journal, queue)]) { shutDown in await shutDown() }
        #expect(try numbers(queue).sorted() == Array(0..<5))
    }

    @Test func whatWasNotSentIsSentAfterTheNextStartUnderTheSameNumbers() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue(judge: RecordingQueue.refuseAll))
        var journal = try await openJournal(folder)
        try append(0..<7, to: journal)
        _ = journal.seal()
        let first = try publisher(journal, queue)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await first.run() }
            try? await eventually("every frame was tried") { Set(queue.sent.map(\.id)).count == 7 }
            group.cancelAll()
        }
        #expect(journal.status().acknowledgedFrame == 0)
        try await journal.close()
        journal = try await openJournal(folder)
        queue.judge(by: RecordingQueue.acceptAll)
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the journal is empty") { journal.status().unacknowledgedRecords == 0 }
        }
        #expect(try numbers(queue).sorted() == Array(0..<7))
        expectOneBodyPerFrame(queue)
    }

    /// A frame that the queue refuses for good, with all that is sent along, costs its own clicks alone.
    @Test func refusedFrameIsSetAsideAndHoldsNothingUp() async throws {
        let queue = RecordingQueue { frame, _ in
            frame.id.number == 7 ? .refused(reason: "characters") : .accepted
        }
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        try append(0..<12, to: journal)
        _ = journal.seal()
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the journal is empty") { journal.status().unacknowledgedFrames == 0 }
        }
        #expect(try numbers(queue).sorted() == Array(0..<6) + Array(7..<12))
        let status = journal.status()
        #expect((status.acknowledgedFrame, status.lostRecords, status.unacknowledgedRecords) == (12, 1, 0))
        #expect(status.totals == JournalTotals(acknowledged: 11, lost: 1))
        #expect(status.gaps == [7...7])
        let copy = try Data(contentsOf: URL(filePath: folder.path + "/damaged/frame-7-\(journal.identity).json"))
        #expect(try ClickFrame(wire: copy).clicks.map(\.time.milliseconds) == [TestClock.start.milliseconds + 6])
    }

    @Test func queueIsWellOnceTheOnlyFrameThatItRefusesIsSetAside() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue { _, _ in .refused(reason: "characters") })
        readiness.markReady(API.queueComponent)
        let journal = try await openJournal(folder)
        try append(0..<1, to: journal)
        _ = journal.seal()
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the queue is reported") { readiness.isDegraded }
            try await eventually("the queue is well again") { !readiness.isDegraded }
            #expect(journal.status().lostRecords == 1)
        }
    }

    /// A refused frame whose copy cannot be kept stays in the journal; the others are sent, and a shutdown does not wait.
    @Test func aRefusedFrameThatCannotBeSetAsideStaysInTheJournal() async throws {
        let queue = RecordingQueue { frame, _ in
            frame.id.number == 7 ? .refused(reason: "characters") : .accepted
        }
        let folder = try TemporaryFolder()
        var journal = try await openJournal(folder)
        try append(0..<12, to: journal)
        _ = journal.seal()
        try Data().write(to: URL(filePath: folder.path + "/damaged"))
        try await withServices([try publisher(journal, queue)]) { shutDown in
            try await eventually("the others are sent") { queue.accepted.count == 11 }
            await shutDown()
        }
        #expect(journal.status().acknowledgedFrame == 6)
        #expect((journal.status().lostRecords, journal.status().gaps) == (0, []))
        try await journal.close()
        journal = try await openJournal(folder)
        queue.judge(by: RecordingQueue.acceptAll)
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the journal is empty") { journal.status().unacknowledgedRecords == 0 }
        }
        #expect(Set(try numbers(queue)) == Set(0..<12))
        expectOneBodyPerFrame(queue)
    }

    /// Damage on disk costs the clicks it hits; it must not keep the journal from forgetting the rest.
    @Test func damagedFramesHoldNothingUp() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue())
        let journal = try await openJournal(folder)
        try append(0..<12, to: journal)
        _ = journal.seal()
        try damage(folder, clicks: [3, 4, 11])
        let start = ContinuousClock.now
        try await withServices([try publisher(journal, queue)]) { _ in
            try await eventually("the sound frames are sent") { queue.accepted.count == 9 }
            try append(12..<15, to: journal)
            _ = journal.seal()
            try await eventually("the journal is empty") { journal.status().unacknowledgedFrames == 0 }
        }
        #expect(ContinuousClock.now - start < patience)
        #expect(try numbers(queue).sorted() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 12, 13, 14])
    }

    @Test func damageInTheLastFrameDoesNotHoldUpTheShutdown() async throws {
        let (folder, queue) = (try TemporaryFolder(), RecordingQueue())
        let journal = try await openJournal(folder)
        try append(0..<3, to: journal)
        _ = journal.seal()
        try damage(folder, clicks: [2])
        let start = ContinuousClock.now
        try await withServices([try publisher(journal, queue)]) { shutDown in await shutDown() }
        #expect(ContinuousClock.now - start < patience)
        #expect(try numbers(queue).sorted() == [0, 1])
    }

    /// Overwrites the records of clicks where they lie in the journal's files.
    private func damage(_ folder: TemporaryFolder, clicks: [Int]) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where name.hasSuffix(".clicks") {
            let path = folder.path + "/" + name
            var bytes = try Data(contentsOf: URL(filePath: path))
            for number in clicks {
                let time = String(TestClock.start.milliseconds + Int64(number))
                guard let place = bytes.firstRange(of: Data(time.utf8)) else { continue }
                bytes.replaceSubrange(place, with: Data(repeating: 0, count: place.count))
            }
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.write(contentsOf: bytes)
            try file.close()
        }
    }
}
