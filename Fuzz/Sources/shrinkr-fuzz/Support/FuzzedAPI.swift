import ClickJournal
import ClickQueue
import Hummingbird
import Logging
import NIOPosix
import ShrinkrObservability

@testable import ShrinkrAPI
@testable import ShrinkrBase
@testable import ShrinkrCore
@testable import ShrinkrDestinations
@testable import ShrinkrStore
@testable import StoreTestSupport

/// The API behind a connection: the real router and journal, a store in memory that begins anew for each input.
final class FuzzedAPI: Sendable {
    let executor = InlineExecutor()
    let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
    let limits: HTTPLimits
    private let configuration: APIConfiguration
    private let folder = ScratchFolder("http")
    private let journal: ClickJournal
    private static let now = Timestamp(seconds: 1_770_000_000)

    init() {
        // Small, so that inputs reach them.
        var limits = HTTPLimits()
        (limits.bodyBytes, limits.batchBodyBytes) = (512, 1_024)
        (limits.headerBytes, limits.headerFields) = (1_024, 20)
        self.limits = limits
        let baseURL = try? DestinationURL.parse("https://sho.rt/")
        var configuration = APIConfiguration(
            host: "127.0.0.1", port: 0, baseURL: require(baseURL, "this is a URL"))
        configuration.limits = limits
        // Inputs are judged each by itself, whatever came before and whichever host they name.
        for limit in [\RateLimits.wrongKeys, \.unknownCodes, \.creates] {
            configuration.rateLimits[keyPath: limit] = nil
        }
        _ = configuration.apiHosts.insert("*")
        self.configuration = configuration
        let path = folder.path
        folder.fill(with: [:])
        let journal = executor.run {
            try? await ClickJournal.open(
                directory: path, configuration: JournalConfiguration(), threadPool: .singleton,
                now: { Self.now.milliseconds })
        }
        self.journal = require(journal, "a journal can be opened")
    }

    /// A router in front of a store with some links in it.
    func router() -> any HTTPResponder<APIContext> {
        let store = MemoryStore()
        let links = Self.links
        executor.run { await store.fill(with: links) }
        let clock = WallClock { Self.now }
        let dependencies = APIDependencies(
            store: store, journal: journal, queue: EmbeddedClickQueue(), registry: MetricsRegistry(),
            readiness: Readiness(components: [API.journalComponent]), clock: clock, logger: logger)
        let metrics = require(try? APIMetrics(registry: dependencies.registry), "the metrics are in order")
        let access = require(try? Access(configuration, dependencies), "the metrics of access are in order")
        let recorder = ClickRecorder(
            journal: journal, hasher: VisitorHasher(), clients: access.clients,
            metrics: metrics, report: DropReport(readiness: dependencies.readiness, logger: logger))
        return buildRouter(
            configuration: configuration, dependencies: dependencies, metrics: metrics,
            access: access,
            cache: LinkCache(capacity: 1 << 20) { await store.link($0) },
            destinations: Destinations(policy: DestinationPolicy(baseURLs: [configuration.baseURL])),
            recorder: recorder, work: BoundedWork(timeout: .seconds(60), connections: OpenConnections())
        ).buildResponder()
    }

    /// The clicks since the last call, as the worker would read them.
    func takeClicks() -> Int {
        guard journal.status().openFrameRecords > 0 else { return 0 }
        journal.seal()
        let journal = journal
        let clicks = executor.run {
            var records: [ArraySlice<UInt8>] = []
            for life in journal.lives {
                let frames = (try? await life.sealedFrames(after: 0, limit: .max)) ?? []
                if let last = frames.last { try? await life.acknowledge(through: last.number) }
                records += frames.flatMap(\.records)
            }
            return records
        }
        let id = FrameID(journal: journal.identity.description, number: 1)
        let frame = succeed("the worker can read what was recorded") {
            try FrameMessage(wire: ClickFrame.encode(id: id, clicks: clicks))
        }
        check(frame.clicks.allSatisfy { $0.time == Self.now.milliseconds }, "a click is of now")
        return frame.clicks.count
    }

    private static let links: [Link] = [
        link("plain", LinkSettings(url: "https://example.com/a?b=c#d", title: "<b>\"'&", forwardQuery: true)),
        link("long", LinkSettings(url: "https://example.com/", redirectStatus: .permanentRedirect)),
        link("few", LinkSettings(url: "https://example.com/", maximumVisits: 1)),
        link("off", LinkSettings(url: "https://example.com/", enabled: false)),
        link("late", LinkSettings(url: "https://example.com/", expiresAt: now)),
        link("early", LinkSettings(url: "https://example.com/", startsAt: now.advanced(by: .seconds(1)))),
    ]

    private static func link(_ code: String, _ settings: LinkSettings) -> Link {
        Link(code: require(ShortCode(code), "this is a code"), settings: settings, createdAt: now, updatedAt: now)
    }
}

extension MemoryStore {
    fileprivate func fill(with links: [Link]) {
        self.links = links.enumerated().map { StoredLink(link: $1, code: $1.code, position: Int64($0 + 1)) }
        latestPosition = Int64(links.count)
    }
}
