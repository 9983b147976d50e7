import ClickQueue
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite("A worker that is told to stop", .timeLimit(.minutes(5)))
struct WorkerShutdownTests {
    @Test("flushes what it holds, deletes the messages, writes the reports, and ends")
    func drain() async throws {
        let harness = WorkerHarness {
            $0.flush.interval = .seconds(3_600)
            $0.reports.interval = .seconds(3_600)
            $0.receive.wait = .seconds(3_600)
        }
        try await Fixture.insertLinks("abc", into: harness.store.base)
        let frames = try (1...25).map { Fixture.outgoing($0, [try Fixture.click()]) }
        let delivery = Task { await harness.deliver(frames) }
        try await harness.run {
            try await eventually("all frames are held") { harness.metric("window_frames") == 25 }
            #expect(try await harness.store.ledgerTotals().frames == 0, "the interval has not passed")
        }
        #expect(await delivery.value == Array(repeating: .accepted, count: 25))
        #expect(harness.queue.deleted == 25)
        #expect(try await harness.store.ledgerTotals() == LedgerTotals(frames: 25, counted: 25))
        #expect(
            Set(harness.sink.writes) == [
                "hourly/dt=2026-11-22/hour=20/links.ndjson.gz", "daily/dt=2026-11-22/links.ndjson.gz",
            ])
        #expect(harness.metric("messages_released_total") == 0)
    }

    @Test("goes on trying to flush within the drain deadline")
    func drainWithFailures() async throws {
        let harness = WorkerHarness {
            $0.flush.interval = .seconds(3_600)
            $0.flush.maximumAttempts = 2
        }
        let delivery = Task { await harness.deliver([Fixture.outgoing(1, [try Fixture.click()])]) }
        try await harness.run {
            try await eventually("the frame is held") { harness.metric("window_frames") == 1 }
            harness.store.failNext(5)
        }
        #expect(try await delivery.value == [.accepted])
        #expect(harness.metric("flush_failures_total") == 5)
    }

    @Test("gives back what it cannot flush by the drain deadline")
    func drainDeadline() async throws {
        let harness = WorkerHarness { $0.drainDeadline = .milliseconds(20) }
        harness.store.hold()
        let frames = try (1...3).map { Fixture.outgoing($0, [try Fixture.click()]) }
        let delivery = Task { await harness.deliver(frames) }
        try await harness.run {
            try await eventually("a flush hangs") { harness.store.calls > 0 }
            try await eventually("all frames are held") { harness.metric("window_frames") == 3 }
        }
        #expect(harness.queue.deleted == 0, "nothing is deleted that is not counted")
        #expect(harness.queue.changes(to: .zero) == 3)
        #expect(harness.metric("messages_released_total") == 3)
        var again: [ReceivedMessage] = []
        while again.count < 3 { again += try await harness.embedded.receive(maximum: 10, wait: .seconds(20)) }
        #expect(again.map(\.receiveCount) == [2, 2, 2], "another worker can have them at once")
        _ = await harness.embedded.delete(again.map(\.receipt))
        #expect(await delivery.value == Array(repeating: .accepted, count: 3))
    }

    @Test("ends at once when it is idle, in the middle of a long poll")
    func idle() async throws {
        let harness = WorkerHarness {
            $0.receive.wait = .seconds(3_600)
            $0.drainDeadline = .seconds(3_600)
            $0.reports.interval = .seconds(3_600)
        }
        try await harness.run {
            try await eventually("the worker is ready") { harness.readiness.isReady }
        }
    }

    @Test("by cancellation, ends at once and loses nothing")
    func cancellation() async throws {
        let harness = WorkerHarness { $0.flush.interval = .seconds(3_600) }
        let delivery = Task { await harness.deliver([Fixture.outgoing(1, [try Fixture.click()])]) }
        let run = Task {
            try await harness.run {
                try await eventually("the frame is held") { harness.metric("window_frames") == 1 }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        _ = await run.result
        #expect(try await harness.store.ledgerTotals().frames == 0)
        harness.embedded.close()
        #expect(try await delivery.value == [.failed(reason: "the click queue is closed")])
    }
}
