import ClickJournal
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
package import ServiceLifecycle
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore

/// The API, ready to run: its services in the order in which they start, and stop in reverse.
package struct API: Sendable {
    /// The component that the API reports on the readiness.
    package static let readinessComponent = "api"
    /// The component that is not ready while clicks are dropped. Redirects go on, so it should only degrade the program.
    package static let journalComponent = "journal"
    /// The component that is not ready while the queue takes no clicks. They wait in the journal, so it only degrades.
    package static let queueComponent = "queue"

    package let services: [any Service]
    private let authenticator: Authenticator

    init(services: [any Service], authenticator: Authenticator) {
        self.services = services
        self.authenticator = authenticator
    }

    /// Whether managing links needs a key. Without one, the API must listen on loopback alone.
    package func requiresKey() async throws -> Bool {
        try await authenticator.requiresKey()
    }
}

/// Builds the API. Production and tests call this one.
///
/// - Parameter onListening: Called once with the port in use.
/// - Throws: ``DestinationError``, ``DomainDenyListError`` or an error of the metrics registry where the configuration
///   cannot work.
package func buildAPI(
    configuration: APIConfiguration, dependencies: APIDependencies,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
) throws -> API {
    let metrics = try APIMetrics(registry: dependencies.registry)
    let clients = ClientResolver(
        trustedProxies: configuration.trustedProxies, countryHeader: configuration.countryHeader)
    let authenticator = Authenticator(
        keys: dependencies.keys, bootstrapKey: configuration.bootstrapKey, clients: clients,
        clock: dependencies.clock)
    let links = dependencies.links
    let cache = LinkCache(capacity: configuration.cacheBytes) { try await links.link($0) }
    let destinations = Destinations(
        policy: DestinationPolicy(
            baseURLs: configuration.ownURLs, allowPrivate: configuration.allowPrivateDestinations))
    if let file = configuration.deniedDomainsFile { destinations.deny(try DeniedDomainsReloader.read(file)) }
    let connections = OpenConnections()
    try exposeGauges(
        registry: dependencies.registry, cache: cache, journal: dependencies.journal, connections: connections)
    let recorder = ClickRecorder(
        journal: dependencies.journal, hasher: VisitorHasher(secret: configuration.visitorSecret), clients: clients,
        metrics: metrics, report: DropReport(readiness: dependencies.readiness, logger: dependencies.logger))
    dependencies.readiness.markReady(API.journalComponent)
    dependencies.readiness.markReady(API.queueComponent, part: ClickPublisher.part)
    let router = buildRouter(
        configuration: configuration, dependencies: dependencies, metrics: metrics, authenticator: authenticator,
        cache: cache, destinations: destinations, recorder: recorder)
    let answeredBefore = dependencies.journal.status().answeredTotal
    let drain = DrainState()
    let limit = ConnectionLimit.inThisProcess(
        configured: configuration.limits.connections, logger: dependencies.logger)
    let server = buildServer(
        router, configuration: configuration, dependencies: dependencies, connections: connections,
        limit: limit, drain: drain, onListening: onListening)
    return API(
        services: [
            JournalKeeper(
                journal: dependencies.journal, stats: dependencies.stats,
                answered: { answeredBefore + Int(metrics.redirects.value) },
                syncInterval: configuration.journalSyncInterval, clock: dependencies.clock,
                logger: dependencies.logger),
            ClickPublisher(
                journal: dependencies.journal, queue: dependencies.queue, metrics: metrics,
                readiness: dependencies.readiness, clock: dependencies.clock, logger: dependencies.logger),
            LinkChangeFollower(cache: cache, links: links, logger: dependencies.logger),
            IdempotencySweeper(
                store: dependencies.idempotency, clock: dependencies.clock, logger: dependencies.logger),
            DeniedDomainsReloader(
                file: configuration.deniedDomainsFile, destinations: destinations, logger: dependencies.logger),
            RoomKeeper(
                connections: connections, limit: limit, clock: dependencies.clock, logger: dependencies.logger),
            server,
            DrainSignal(readiness: dependencies.readiness, state: drain, delay: configuration.drainDelay),
        ], authenticator: authenticator)
}

/// All routes of the API.
func buildRouter(
    configuration: APIConfiguration, dependencies: APIDependencies, metrics: APIMetrics,
    authenticator: Authenticator, cache: LinkCache, destinations: Destinations, recorder: ClickRecorder
) -> Router<APIContext> {
    let clock = dependencies.clock
    let presenter = LinkPresenter(baseURL: configuration.origin)
    let idempotency = IdempotentRequests(store: dependencies.idempotency, clock: clock)
    let creation = LinkCreation(links: dependencies.links, cache: cache, generator: CodeGenerator(), clock: clock)
    let router = Router(context: APIContext.self)
    router.add(middleware: CrossOriginMiddleware(policy: configuration.crossOriginPolicy))
    router.add(middleware: ProblemMiddleware(metrics: metrics))
    WellKnownController(readiness: dependencies.readiness, contract: Contract.document(origin: configuration.origin))
        .addRoutes(to: router)
    LinkController(
        links: dependencies.links, stats: dependencies.stats, cache: cache, creation: creation,
        destinations: destinations, presenter: presenter, authenticator: authenticator, idempotency: idempotency,
        limits: configuration.limits, clock: clock
    ).addRoutes(to: router)
    BatchController(
        creation: creation, destinations: destinations, presenter: presenter, authenticator: authenticator,
        idempotency: idempotency, limits: configuration.limits, clock: clock
    ).addRoutes(to: router)
    StatsController(
        links: dependencies.links, stats: dependencies.stats, authenticator: authenticator, clock: clock
    ).addRoutes(to: router)
    KeyController(
        keys: dependencies.keys, authenticator: authenticator, idempotency: idempotency,
        limits: configuration.limits, clock: clock
    ).addRoutes(to: router)
    RedirectController(
        cache: cache, links: dependencies.links, recorder: recorder, presenter: presenter, clock: clock
    ).addRoutes(to: router)
    return router
}

private func buildServer(
    _ router: Router<APIContext>, configuration: APIConfiguration, dependencies: APIDependencies,
    connections: OpenConnections, limit: ConnectionLimit, drain: DrainState,
    onListening: @escaping @Sendable (Int) -> Void
) -> some Service {
    let limits = configuration.limits
    let (readiness, logger) = (dependencies.readiness, dependencies.logger)
    // The framework says at every start what we say ourselves.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .notice)
    let application = Application(
        router: router,
        server: HTTPServerBuilder { responder in
            APIChannel(
                limits: limits, crossOrigin: configuration.crossOriginPolicy, connections: connections, drain: drain,
                responder: responder)
        },
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: nil,
            backlog: limits.backlog, reuseAddress: true,
            availableConnectionsDelegate: .maximum(limit.connections, logger: logger)),
        onServerRunning: { channel in
            try? await channel.setOption(.maxMessagesPerRead, value: UInt(limit.perTurn)).get()
            readiness.markReady(API.readinessComponent)
            onListening(channel.localAddress?.port ?? configuration.port)
        },
        logger: quiet)
    return HTTPService(application: application, host: configuration.host, port: configuration.port)
}
