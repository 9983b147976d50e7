import HTTPTypes
import Hummingbird
import ShrinkrCore
import ShrinkrObservability

/// Everything that decides who may do what, and tells who did.
struct Access: Sendable {
    let clients: ClientResolver
    let authenticator: Authenticator
    let limiter: RateLimiter
    let audit: Audit
    let uses: KeyUses
    /// Nil where it is not wanted.
    let log: AccessLog?
    /// The hosts that management requests may ask for.
    let hosts: AllowedHosts

    init(_ configuration: APIConfiguration, _ dependencies: APIDependencies) throws {
        clients = ClientResolver(
            trustedProxies: configuration.trustedProxies, countryHeader: configuration.countryHeader)
        limiter = try RateLimiter(
            configuration.rateLimits, registry: dependencies.registry, time: dependencies.time)
        audit = try Audit(logger: dependencies.logger, registry: dependencies.registry, time: dependencies.time)
        uses = KeyUses(store: dependencies.keys, clock: dependencies.clock, logger: dependencies.logger)
        authenticator = Authenticator(
            keys: dependencies.keys, bootstrapKey: configuration.bootstrapKey, clients: clients,
            owners: dependencies.owners, limit: limiter.wrongKeys, audit: audit, uses: uses,
            clock: dependencies.clock)
        log = configuration.accessLog ? AccessLog(logger: dependencies.logger, clients: clients) : nil
        var hosts = configuration.apiHosts
        for host in configuration.ownURLs.map(\.host.description) + [configuration.host] { _ = hosts.insert(host) }
        self.hosts = hosts
    }

    /// Counts links that are about to be made, and returns the fields that tell what is left.
    ///
    /// - Throws: ``Problem`` (429).
    func takeCreates(_ count: Int, by caller: Caller) throws(Problem) -> HTTPFields {
        try limiter.creates.take(.init(name: caller.name), cost: count)
    }

    /// Counts a code that no link has.
    ///
    /// - Throws: ``Problem`` (429).
    func takeUnknownCode(_ request: Request, _ context: APIContext) throws(Problem) {
        try limiter.unknownCodes.take(.init(clients.address(of: request, peer: context.peer)))
    }
}

extension Response {
    /// With the fields that tell what is left of a limit.
    func adding(_ fields: HTTPFields) -> Response {
        var response = self
        response.headers.append(contentsOf: fields)
        return response
    }
}
