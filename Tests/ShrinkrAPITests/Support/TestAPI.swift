import ClickJournal
import Logging
import NIOPosix
import ServiceLifecycle
import ShrinkrBase
import ShrinkrDestinations
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// The API, running as in production, on a port of its own.
struct TestAPI: Sendable {
    let port: Int
    let store: MemoryStore
    let queue: RecordingQueue
    let clock: TestClock
    let journal: ClickJournal
    let registry: MetricsRegistry
    let readiness: Readiness
    /// Begins a graceful shutdown.
    let shutDown: @Sendable () async -> Void

    /// The public origin that the API under test is told.
    static let origin = "https://sho.rt"
}

/// Runs `test` against a running API, and shuts that down gracefully afterwards.
///
/// - Parameters:
///   - configure: changes the configuration.
///   - replace: changes what the API is built on.
///   - journalLimits: limits of the click journal.
///   - sharesSlot: whether it runs beside another API of the same test: two that wait for a second slot each would wait
///     for ever.
func withAPI(
    configure: (inout APIConfiguration) -> Void = { _ in }, replace: (inout APIDependencies) -> Void = { _ in },
    journalLimits: JournalConfiguration = JournalConfiguration(), sharesSlot: Bool = false,
    test: (TestAPI) async throws -> Void
) async throws {
    if !sharesSlot { await slots.take() }
    defer { if !sharesSlot { slots.give() } }
    let (folder, clock, store) = (try TemporaryFolder(), TestClock(), MemoryStore())
    let (queue, registry) = (RecordingQueue(), MetricsRegistry())
    let readiness = Readiness(
        components: [API.readinessComponent], degrading: API.degradingComponents)
    let journal = try await ClickJournal.open(
        directory: folder.path, configuration: journalLimits, threadPool: .singleton,
        now: { clock.now.milliseconds })
    var configuration = APIConfiguration(
        host: "127.0.0.1", port: 0, baseURL: try DestinationURL.parse(TestAPI.origin))
    configure(&configuration)
    var dependencies = APIDependencies(
        store: store, journal: journal, queue: queue, registry: registry, readiness: readiness,
        clock: clock.wallClock, logger: silent)
    replace(&dependencies)
    let (ports, announcement) = AsyncStream.makeStream(of: Int.self)
    let api = try await buildAPI(configuration: configuration, dependencies: dependencies) { announcement.yield($0) }
    try await withServices(api.services, onEnd: { announcement.finish() }) { shutDown in
        let port = try #require(await ports.first { _ in true }, "the API did not start")
        try await test(
            TestAPI(
                port: port, store: store, queue: queue, clock: clock, journal: journal, registry: registry,
                readiness: readiness, shutDown: shutDown))
    }
    withExtendedLifetime(folder) {}
}

/// How many APIs run at once; with all of them, tests that measure time would measure each other.
private let slots = Slots(8)

/// A logger that says nothing.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body` beside services, then shuts those down gracefully and waits for their end.
func withServices(
    _ services: [any Service], onEnd: @escaping @Sendable () -> Void = {},
    body: (_ shutDown: @escaping @Sendable () async -> Void) async throws -> Void
) async throws {
    var configuration = ServiceGroupConfiguration(services: services, logger: silent)
    configuration.maximumGracefulShutdownDuration = patience
    let group = ServiceGroup(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { onEnd() }
            try await group.run()
        }
        do {
            try await body { await group.triggerGracefulShutdown() }
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}
