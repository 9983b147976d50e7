import Glibc
import NIOCore
import NIOPosix
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import Synchronization
import Testing

@testable import ClickJournal
@testable import ShrinkrAPI

/// Where requests are handled: on the event loop of their connection, unless that may take long.
@Suite struct EventLoopExecutorTests {
    /// Whether code ran on an event loop, each time that it was asked.
    private final class Places: Sendable {
        private let noted = Mutex<[Bool]>([])

        var all: [Bool] { noted.withLock(\.self) }

        func note() { noted.withLock { $0.append(MultiThreadedEventLoopGroup.currentEventLoop != nil) } }
    }

    @Test func whatMayTakeLongIsHandledAside() async throws {
        let places = Places()
        let watch = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links, beforeInsert: { places.note() }, beforeRead: { places.note() },
                beforeList: { _ in places.note() })
        }
        try await withAPI(replace: watch) { api in
            #expect(try await api.get("/nothing").status == 404)
            let code = try await api.create(#"{"url":"https://example.com/"}"#)
            #expect(try await api.get("/api/v1/links/\(code)").status == 200)
            let quick = places.all
            #expect(quick.count >= 2 && quick.allSatisfy(\.self))
            let batch = #"{"links":[{"url":"https://example.com/"}]}"#
            #expect(try await api.post("/api/v1/links/batch", batch).status == 200)
            #expect(try await api.get("/api/v1/links").status == 200)
            let slow = places.all.dropFirst(quick.count)
            #expect(slow.count >= 2 && !slow.contains(true))
        }
    }

    /// The first click that waits for the disk makes those after it wait elsewhere.
    @Test func clicksOfAStalledDiskAreWrittenOffTheEventLoops() async throws {
        let (folder, places, isStalled) = (try TemporaryFolder(), Places(), Switch())
        var system = SystemCalls.live
        system.write = { descriptor, bytes, offset in
            if isStalled.isOn {
                places.note()
                usleep(useconds_t(ClickRecorder.slowWrite.nanoseconds / 1_000) + 1_000)
            }
            return SystemCalls.live.write(descriptor, bytes, offset)
        }
        let journal = try await ClickJournal.open(
            directory: folder.path, configuration: JournalConfiguration(), threadPool: .singleton,
            now: { TestClock.start.milliseconds }, system: system)
        let readiness = Readiness(components: [], degrading: [API.journalComponent])
        let recorder = ClickRecorder(
            journal: journal, hasher: VisitorHasher(), clients: ClientResolver(trustedProxies: []),
            metrics: try APIMetrics(registry: MetricsRegistry()),
            report: DropReport(readiness: readiness, logger: silent))
        isStalled.turnOn()
        let code = try #require(ShortCode("mine"))
        await withTaskExecutorPreference(EventLoopExecutor(MultiThreadedEventLoopGroup.singleton.next())) {
            for _ in 0..<3 { await recorder.record(request("/mine"), peer: nil, code: code, at: TestClock.start) }
        }
        #expect(places.all == [true, false, false])
        #expect(recorder.isSlow)
        #expect(journal.ownStatus().openFrameRecords == 3)
        try await journal.close()
    }

    /// What waits on a thread of its own is done one after the other, also what does nothing but wait for its turn.
    @Test func aThreadRunsOneTaskAfterTheOther() async throws {
        let (thread, isHeld, begun) = (ThreadExecutor(label: "test"), Switch(), Switch())
        let order = Order()
        isHeld.turnOn()
        async let first: Void = withTaskExecutorPreference(thread) {
            begun.turnOn()
            while isHeld.isOn { usleep(1_000) }
            order.note(1)
        }
        while !begun.isOn { try await Task.sleep(for: .milliseconds(1)) }
        async let second: Void = {
            await withTaskExecutorPreference(thread) {}
            order.note(2)
        }()
        try await Task.sleep(for: .milliseconds(50))
        let early = order.all
        #expect(early == [])
        isHeld.turnOff()
        _ = await (first, second)
        let all = order.all
        #expect(all == [1, 2])
    }

    private final class Order: Sendable {
        private let noted = Mutex<[Int]>([])

        var all: [Int] { noted.withLock(\.self) }

        func note(_ number: Int) { noted.withLock { $0.append(number) } }
    }

    private final class Switch: Sendable {
        private let on = Atomic(false)

        var isOn: Bool { on.load(ordering: .relaxed) }

        func turnOn() { on.store(true, ordering: .relaxed) }
        func turnOff() { on.store(false, ordering: .relaxed) }
    }
}
