import ClickQueue
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore

@testable import ShrinkrWorker

/// A whole worker with an embedded queue, a store in memory, and reports in memory.
struct WorkerHarness: Sendable {
    let embedded: EmbeddedClickQueue
    let queue: SpyQueue
    let store = ScriptedStore()
    let sink = RecordingSink()
    let registry = MetricsRegistry()
    let readiness = Readiness(components: [WorkerReadiness.queueComponent, WorkerReadiness.storeComponent])
    let configuration: WorkerConfiguration

    /// Quick by default: flushes after 5 ms, first retries after 1 ms.
    init(visibilityTimeout: Duration = .seconds(30), change: (inout WorkerConfiguration) -> Void = { _ in }) {
        var configuration = WorkerConfiguration.embedded
        configuration.flush.interval = .milliseconds(5)
        configuration.flush.firstRetryDelay = .milliseconds(1)
        configuration.flush.visibilityTimeout = visibilityTimeout
        configuration.receive.firstRetryDelay = .milliseconds(1)
        configuration.reports.interval = .milliseconds(5)
        change(&configuration)
        self.configuration = configuration
        embedded = EmbeddedClickQueue(visibilityTimeout: visibilityTimeout)
        queue = SpyQueue(embedded)
    }

    /// Runs the worker and `body` beside it, then shuts the worker down gracefully and waits for its end.
    func run(sink: (any ReportSink)? = nil, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let service = try makeWorker(
            configuration: configuration, receiver: queue, stats: store, reports: (store, sink ?? self.sink),
            metrics: registry, readiness: readiness, wallClock: WallClock { Fixture.time },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                defer { group.cancelAll() }
                try await body()
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    /// Sends frames, each in a task of its own, until all are counted.
    func deliver(_ frames: [OutgoingFrame]) async -> [SendOutcome] {
        await withTaskGroup(of: [SendOutcome].self) { group in
            for frame in frames { group.addTask { await embedded.send([frame]) } }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// The value of a metric by its line's beginning, without the prefix `shrinkr_worker_`.
    func metric(_ name: String) -> Double? {
        let page = String(decoding: registry.render(), as: UTF8.self)
        let line = page.split(separator: "\n").first { $0.hasPrefix("shrinkr_worker_\(name) ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }
}
