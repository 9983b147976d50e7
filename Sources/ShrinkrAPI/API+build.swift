import ClickJournal
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import RedirectLane
package import ServiceLifecycle
import ShrinkrBase
import ShrinkrCore
import ShrinkrDestinations
import ShrinkrObservability
import ShrinkrStore

/// The API, ready to run: its services in the order in which they start, and stop in reverse.
package struct API: Sendable {
    /// The component that the API reports on the readiness.
    package static let readinessComponent = "api"
    /// The component that is not ready while clicks are dropped. Redirects go on, so it should only degrade the program.
    package static let journalComponent = JournalService.component
    /// The component that is not ready while the queue takes no clicks. They wait in the journal, so it only degrades.
    package static let queueComponent = ClickPublisher.component
    /// The component that is not ready while changes of links by other processes cannot be read.
    package static let linkChangesComponent = LinkChangeFollower.component
    /// The components of an API without which it still answers redirects: they degrade the program.
    package static let degradingComponents = [journalComponent, queueComponent, linkChangesComponent]

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
) async throws -> API {
    let metrics = try APIMetrics(registry: dependencies.registry)
    let access = try Access(configuration, dependencies)
    let links = dependencies.links
    let cache = LinkCache(capacity: configuration.cacheBytes, codeCase: links.codeCase) { try await links.link($0) }
    let destinations = Destinations(
        policy: DestinationPolicy(
            baseURLs: configuration.ownURLs, hosts: configuration.apiHosts,
            allowPrivate: configuration.allowPrivateDestinations))
    if let file = configuration.deniedDomainsFile { destinations.deny(try DeniedDomainsReloader.read(file)) }
    let limit = ConnectionLimit.inThisProcess(
        configured: configuration.limits.connections, logger: dependencies.logger)
    let refusals = FailureStreak(
        "Connections are refused: a client has as many as one may have", clock: dependencies.clock,
        logger: dependencies.logger)
    let connections = OpenConnections(
        limit: ClientConnectionLimit(
            configured: configuration.limits.connectionsPerClient, total: limit.connections,
            trustedProxies: configuration.trustedProxies),
        onRefusal: { refusals.failed("more than \($0.most) connections") })
    try exposeGauges(
        registry: dependencies.registry, cache: cache, journal: dependencies.journal, connections: connections)
    let hasher = VisitorHasher()
    let visitorKeys = VisitorKeyKeeper(
        hasher: hasher, store: dependencies.visitorKeys, clock: dependencies.clock, logger: dependencies.logger)
    // Before the first visitor comes. Where the store is away, the service tries again, and says so.
    try? await visitorKeys.refresh()
    let recorder = ClickRecorder(
        journal: dependencies.journal, hasher: hasher, clients: access.clients, metrics: metrics,
        report: DropReport(readiness: dependencies.readiness, logger: dependencies.logger))
    dependencies.readiness.markReady(API.journalComponent)
    dependencies.readiness.markReady(API.queueComponent, part: ClickPublisher.part)
    let router = buildRouter(
        configuration: configuration, dependencies: dependencies, metrics: metrics, access: access,
        cache: cache, destinations: destinations, recorder: recorder,
        work: BoundedWork(timeout: configuration.queryTimeout, connections: connections))
    let drain = DrainState()
    let lane = LinkLane(
        limits: RequestLimits(
            headerBytes: configuration.limits.headerBytes, headerFields: configuration.limits.headerFields,
            // text: a name from the configuration, which is ASCII.
            countryField: configuration.countryHeader.map { Array($0.lowercased().utf8) }),
        trustedProxies: configuration.trustedProxies, cache: cache, destinations: destinations, recorder: recorder,
        hasher: hasher, metrics: metrics, clock: dependencies.clock, isDraining: { drain.hasBegun })
    let server = buildServer(
        router, configuration: configuration, dependencies: dependencies, connections: connections,
        limit: limit, drain: drain, log: access.log,
        lane: configuration.redirectLane && !configuration.accessLog ? LaneLoops(backend: lane) : nil,
        onListening: onListening)
    return API(
        services: [
            JournalService(
                journal: dependencies.journal, stats: dependencies.stats, readiness: dependencies.readiness,
                answered: { Int(metrics.redirects.value) }, writeWaiting: { await recorder.writeWaiting() },
                syncInterval: configuration.journalSyncInterval, clock: dependencies.clock,
                logger: dependencies.logger),
            ClickPublisher(
                journal: dependencies.journal, queue: dependencies.queue, metrics: metrics,
                readiness: dependencies.readiness, workers: dependencies.workers, clock: dependencies.clock,
                time: dependencies.time, logger: dependencies.logger),
            access.uses,
            visitorKeys,
            LinkChangeFollower(
                cache: cache, links: links, readiness: dependencies.readiness, logger: dependencies.logger),
            IdempotencySweeper(
                store: dependencies.idempotency, clock: dependencies.clock, logger: dependencies.logger),
            SearchTextMaker(store: links, logger: dependencies.logger),
            DeniedDomainsReloader(
                file: configuration.deniedDomainsFile, destinations: destinations, clock: dependencies.clock,
                logger: dependencies.logger),
            IdleConnectionReaper(
                connections: connections, limit: limit, clock: dependencies.clock, logger: dependencies.logger),
            server,
            DrainSignal(readiness: dependencies.readiness, state: drain, delay: configuration.drainDelay),
        ], authenticator: access.authenticator)
}

extension Access {
    init(_ configuration: APIConfiguration, _ dependencies: APIDependencies) throws {
        clients = ClientResolver(
            trustedProxies: configuration.trustedProxies, countryHeader: configuration.countryHeader,
            listenHost: configuration.host)
        limiter = try RateLimiter(
            configuration.rateLimits, registry: dependencies.registry, time: dependencies.time)
        audit = try Audit(logger: dependencies.logger, registry: dependencies.registry, time: dependencies.time)
        uses = KeyUses(store: dependencies.keys, clock: dependencies.clock, logger: dependencies.logger)
        authenticator = Authenticator(
            keys: dependencies.keys, bootstrapKey: configuration.bootstrapKey, clients: clients,
            pages: PageOrigins(policy: configuration.crossOriginPolicy, own: configuration.origin),
            owners: dependencies.owners, limit: limiter.wrongKeys, audit: audit, uses: uses,
            clock: dependencies.clock)
        log = configuration.accessLog ? AccessLog(logger: dependencies.logger, clients: clients) : nil
        var hosts = configuration.apiHosts
        for host in configuration.ownURLs.map(\.host.description) + [configuration.host] { _ = hosts.insert(host) }
        self.hosts = hosts
    }
}

/// All routes of the API.
func buildRouter(
    configuration: APIConfiguration, dependencies: APIDependencies, metrics: APIMetrics,
    access: Access, cache: LinkCache, destinations: Destinations, recorder: ClickRecorder, work: BoundedWork
) -> Router<APIContext> {
    let (clock, authenticator) = (dependencies.clock, access.authenticator)
    let presenter = LinkPresenter(baseURL: configuration.origin)
    let idempotency = IdempotentRequests(store: dependencies.idempotency, clock: clock)
    let creation = LinkCreation(links: dependencies.links, cache: cache, generator: CodeGenerator(), clock: clock)
    let router = Router(context: APIContext.self)
    router.add(middleware: CrossOriginMiddleware(policy: configuration.crossOriginPolicy))
    router.add(
        middleware: ProblemMiddleware(metrics: metrics, access: access, notFoundURL: configuration.notFoundURL?.string))
    router.add(middleware: PreflightMiddleware(policy: configuration.crossOriginPolicy))
    WellKnownController(readiness: dependencies.readiness, contract: Contract.document(origin: configuration.origin))
        .addRoutes(to: router)
    let addOperations = { (router: Router<APIContext>) in
        LinkController(
            links: dependencies.links, stats: dependencies.stats, cache: cache, creation: creation,
            destinations: destinations, presenter: presenter, access: access, idempotency: idempotency,
            limits: configuration.limits, work: work, clock: clock
        ).addRoutes(to: router)
        TagController(
            links: dependencies.links, cache: cache, access: access, limits: configuration.limits, work: work,
            clock: clock
        ).addRoutes(to: router)
        QRController(links: dependencies.links, presenter: presenter, authenticator: authenticator).addRoutes(
            to: router)
        BatchController(
            creation: creation, destinations: destinations, presenter: presenter, access: access,
            idempotency: idempotency, limits: configuration.limits, work: work, clock: clock
        ).addRoutes(to: router)
        StatsController(
            links: dependencies.links, stats: dependencies.stats, journal: dependencies.journal,
            authenticator: authenticator, work: work, clock: clock
        ).addRoutes(to: router)
        KeyController(
            keys: dependencies.keys, access: access, idempotency: idempotency,
            limits: configuration.limits, work: work, clock: clock
        ).addRoutes(to: router)
    }
    addOperations(router)
    AssetController().addRoutes(to: router)
    if configuration.web {
        // The pages use the API as everybody does, without what stands around it.
        let operations = Router(context: APIContext.self)
        addOperations(operations)
        let door = WebDoor(
            access: access,
            sessions: WebSessions(keys: dependencies.keys, bootstrapKey: configuration.bootstrapKey),
            files: work.files, origin: configuration.origin, formBytes: configuration.limits.bodyBytes, clock: clock)
        WebController(
            door: door, api: InnerAPI(operations), origin: configuration.origin,
            rootURL: configuration.rootURL?.string, clock: clock
        ).addRoutes(to: router)
    }
    RedirectController(
        cache: cache, links: dependencies.links, destinations: destinations, recorder: recorder, presenter: presenter,
        access: access,
        clock: clock
    ).addRoutes(to: router)
    return router
}

private func buildServer(
    _ router: Router<APIContext>, configuration: APIConfiguration, dependencies: APIDependencies,
    connections: OpenConnections, limit: ConnectionLimit, drain: DrainState, log: AccessLog?, lane: LaneLoops?,
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
                log: log, lane: lane, responder: responder)
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
