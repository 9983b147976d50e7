import ClickQueue
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite("A running worker counts", .timeLimit(.minutes(5)))
struct WorkerCountingTests {
    private let everything = TimeBucket(index: 0)..<TimeBucket(index: 10_000_000)

    @Test("every click once, with copies, disorder and poison among the frames")
    func exactlyOnce() async throws {
        let harness = WorkerHarness()
        try await Fixture.insertLinks("a", "b", into: harness.store.base)
        let mixed = try (1...60).map { try Fixture.mixedFrame($0) }
        let frames = mixed.map(\.frame)
        let copies = frames.filter { $0.id.number % 3 == 0 } + frames.filter { $0.id.number % 4 == 0 }
        let clicks = mixed.flatMap(\.clicks)
        let orphans = clicks.count { $0.code.text == "c" }
        let poison = ["", "{}", #"{"v":2,"journal":1}"#, #"{"v":1,"journal":"x","frame":1,"clicks":[]}"#].map {
            OutgoingFrame(id: FrameID(journal: "poison", number: 1), body: Array($0.utf8))
        }
        try await harness.run {
            let poisoned = Task { await harness.embedded.send(poison) }
            let outcomes = await harness.deliver((frames + copies).shuffled())
            #expect(outcomes == Array(repeating: .accepted, count: frames.count + copies.count))
            try await eventually("all poison was received") {
                harness.metric(#"poison_messages_total{reason="malformed"}"#) == 3
            }
            harness.embedded.close()
            #expect(await !poisoned.value.contains(.accepted), "poison is never deleted")
        }
        let totals = try await harness.store.ledgerTotals()
        #expect(totals == LedgerTotals(frames: 60, counted: clicks.count - orphans, orphaned: orphans))
        for code in ["a", "b"] {
            let range = StatsRange(code: try Fixture.code(code), buckets: everything)
            let counted = try await harness.store.buckets(range).reduce(0) { $0 + $1.tally.clicks }
            #expect(counted == clicks.count { $0.code.text == code })
        }
        #expect(harness.metric("frames_counted_total") == 60)
        #expect(harness.metric("duplicate_frames_total") == Double(copies.count))
        #expect(harness.metric("clicks_counted_total") == Double(clicks.count - orphans))
        #expect(harness.metric("clicks_orphaned_total") == Double(orphans))
        #expect(harness.metric(#"poison_messages_total{reason="unknown_version"}"#) == 1)
        #expect(harness.metric("messages_received_total") == Double(frames.count + copies.count + poison.count))
        #expect(harness.metric("window_frames") == 0)
    }

    @Test("when the store fails twice and recovers")
    func storeRecovers() async throws {
        let harness = WorkerHarness()
        try await Fixture.insertLinks("abc", into: harness.store.base)
        harness.store.failNext(2)
        let frames = try (1...5).map { Fixture.outgoing($0, [try Fixture.click(), try Fixture.click()]) }
        try await harness.run {
            let outcomes = await harness.deliver(frames)
            #expect(outcomes == Array(repeating: .accepted, count: 5))
            #expect(harness.readiness.isReady)
        }
        #expect(harness.metric("flush_failures_total") == 2)
        #expect(harness.metric("messages_received_total") == 5, "the frames were held, not received again")
        #expect(try await harness.store.ledgerTotals().counted == 10)
    }

    @Test("what it gave back to the queue while the store did not work")
    func storeDown() async throws {
        let harness = WorkerHarness { $0.flush.maximumAttempts = 2 }
        try await Fixture.insertLinks("abc", into: harness.store.base)
        let frames = try (1...5).map { Fixture.outgoing($0, [try Fixture.click()]) }
        try await harness.run {
            try await eventually("the store works at first") { harness.readiness.isReady }
            harness.store.failNext(6, probesToo: true)
            let outcomes = await harness.deliver(frames)
            #expect(outcomes == Array(repeating: .accepted, count: 5))
        }
        #expect(try #require(harness.metric("messages_released_total")) >= 1)
        #expect(harness.queue.changes(to: .zero) >= 1)
        #expect(try await harness.store.ledgerTotals() == LedgerTotals(frames: 5, counted: 5))
    }

    @Test("a frame once whose message cannot be deleted, and says that the queue fails until one can")
    func deletesFail() async throws {
        let harness = WorkerHarness(visibilityTimeout: .milliseconds(200))
        try await Fixture.insertLinks("abc", into: harness.store.base)
        harness.queue.failDeletes(true)
        try await harness.run {
            async let outcomes = harness.deliver([Fixture.outgoing(1, [try Fixture.click()])])
            try await eventually("the queue is reported") {
                harness.readiness.snapshot.components.first { $0.name == WorkerReadiness.queueComponent }?.reason
                    == "messages cannot be deleted"
            }
            harness.queue.failDeletes(false)
            #expect(try await outcomes == [.accepted])
            try await eventually("the queue is well again") { harness.readiness.isReady }
        }
        #expect(try await harness.store.ledgerTotals().counted == 1)
    }

    @Test("all frames but the two that the store refuses for their content")
    func refusedFrames() async throws {
        let harness = WorkerHarness(visibilityTimeout: .milliseconds(200))
        try await Fixture.insertLinks("abc", into: harness.store.base)
        harness.store.refuse([7, 8])
        let bad = try (7...8).map { Fixture.outgoing($0, [try Fixture.click()]) }
        let good = try (Array(1...6) + Array(9...40)).map { Fixture.outgoing($0, [try Fixture.click()]) }
        try await harness.run {
            let poisoned = Task { await harness.embedded.send(bad) }
            let outcomes = await harness.deliver(good)
            #expect(outcomes == Array(repeating: .accepted, count: good.count))
            try await eventually("the bad frames came again") {
                harness.metric(#"poison_messages_total{reason="refused_by_store"}"#).map { $0 >= 4 } == true
            }
            #expect(harness.readiness.isReady, "the store works")
            harness.embedded.close()
            #expect(await !poisoned.value.contains(.accepted))
        }
        #expect(try await harness.store.ledgerTotals() == LedgerTotals(frames: 38, counted: 38))
        #expect(harness.metric("flush_failures_total") == 0)
    }

    @Test("nothing before the store works, and says that it is not ready")
    func storeDownAtStart() async throws {
        let harness = WorkerHarness { $0.flush.maximumRetryDelay = .milliseconds(1) }
        harness.store.failNext(.max, probesToo: true)
        try await harness.run {
            async let outcomes = harness.deliver([Fixture.outgoing(1, [try Fixture.click()])])
            try await Task.sleep(for: .milliseconds(20))
            #expect(harness.queue.received == 0)
            #expect(harness.readiness.snapshot.components.contains { $0.name == "store" && $0.reason != nil })
            harness.store.failNext(0)
            #expect(try await outcomes == [.accepted])
            #expect(harness.readiness.isReady)
        }
    }

    @Test("when the queue cannot be reached for a while")
    func queueRecovers() async throws {
        let harness = WorkerHarness()
        harness.queue.failNextReceives(5)
        try await harness.run {
            let outcomes = await harness.deliver([Fixture.outgoing(1, [try Fixture.click()])])
            #expect(outcomes == [.accepted])
            #expect(harness.readiness.isReady)
        }
        #expect(harness.metric("receive_failures_total") == 5)
    }

    @Test("and has messages hidden for longer while a flush is slow")
    func slowFlush() async throws {
        let harness = WorkerHarness(visibilityTimeout: .milliseconds(300))
        harness.store.hold()
        try await harness.run {
            async let outcomes = harness.deliver([Fixture.outgoing(1, [try Fixture.click()])])
            try await eventually("the message was hidden again, twice") {
                harness.queue.changes(to: .milliseconds(300)) >= 2
            }
            harness.store.release()
            #expect(try await outcomes == [.accepted])
        }
        #expect(try await harness.store.ledgerTotals().frames == 1)
    }

    @Test("and takes no more messages than fit")
    func fullWindow() async throws {
        let harness = WorkerHarness {
            $0.flush.maximumFrames = 2
            $0.receivers = 1
            $0.receive.maximumMessages = 1
        }
        harness.store.hold()
        let frames = try (1...20).map { Fixture.outgoing($0, [try Fixture.click()]) }
        try await harness.run {
            async let outcomes = harness.deliver(frames)
            try await eventually("a flush hangs and the next window is full") {
                harness.store.calls == 1 && harness.metric("window_frames").map { $0 >= 3 } == true
            }
            try await Task.sleep(for: .milliseconds(20))
            #expect(harness.queue.received <= 4, "two are being flushed, two are held")
            harness.store.release()
            #expect(await outcomes == Array(repeating: .accepted, count: 20))
        }
        #expect(harness.store.largestCall == 2)
        #expect(try await harness.store.ledgerTotals().frames == 20)
    }

    @Test("and beats while it is idle")
    func heartbeat() async throws {
        let harness = WorkerHarness()
        let start = ContinuousClock.now
        try await harness.run {
            try await eventually("the worker is ready") { harness.readiness.isReady }
            let silence = try #require(harness.metric("silence_seconds"))
            #expect(silence <= (ContinuousClock.now - start) / .seconds(1))
        }
    }
}
