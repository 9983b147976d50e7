import Glibc
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
package import ShrinkrBase
import Synchronization

/// Serves `/metrics`, `/livez` and `/readyz` on a port of their own, away from the public one.
///
/// It has a thread of its own: a scrape takes no time from the event loops that answer redirects, and a probe is
/// answered even when those are busy. Graceful shutdown and cancellation both close it at once, open connections
/// included; put it last in the service group's order of shutdown, so that it can report the draining of the others.
package struct AdminServer: Service, CustomStringConvertible {
    private let host: String
    private let port: Int
    private let limits: AdminLimits
    private let router: AdminRouter
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: 0 lets the system choose.
    ///   - hosts: what requests may ask for; `host` is added.
    ///   - limits: bounds of requests and connections.
    ///   - registry: what `/metrics` renders.
    ///   - readiness: what `/readyz` reports, as 200 or 503.
    ///   - logger: gets one debug line per start.
    ///   - onListening: called once with the port in use, as soon as connections are accepted.
    package init(
        host: String, port: Int, hosts: AllowedHosts = AllowedHosts(addresses: .any),
        limits: AdminLimits = AdminLimits(), registry: MetricsRegistry, readiness: Readiness,
        logger: Logger, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        var hosts = hosts
        _ = hosts.insert(host)
        self.router = AdminRouter(registry: registry, readiness: readiness, hosts: hosts)
        self.logger = logger
        self.onListening = onListening
    }

    /// Short, because a service group logs its services by their description.
    package var description: String { "AdminServer(\(host):\(port))" }

    /// Listens until the task is cancelled or shut down gracefully.
    /// - Throws: ``ObservabilityError/cannotListen(host:port:reason:)``.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        // Closes the connections that are still open.
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let channel = try await listen(on: group)
        let port = channel.localAddress?.port ?? self.port
        logger.debug("admin server listening", metadata: ["admin.host": "\(host)", "admin.port": "\(port)"])
        onListening(port)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
    }

    private func listen(on group: MultiThreadedEventLoopGroup) async throws -> any Channel {
        let connections = ConnectionCount(limit: limits.connections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, counting: connections) }
            }
        do {
            return try await bootstrap.bind(host: host, port: port).get()
        } catch {
            // text: the system's own words.
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
            throw ObservabilityError.cannotListen(host: host, port: port, reason: reason)
        }
    }

    /// Runs on the connection's event loop. A thrown error closes the connection.
    private func configure(_ channel: any Channel, counting connections: ConnectionCount) throws {
        guard connections.enter() else { throw ObservabilityError.tooManyConnections(limit: limits.connections) }
        channel.closeFuture.whenComplete { _ in connections.leave() }
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.requestHeadBytes
        decoderLimits.maxHeaderListSize = limits.requestHeadBytes
        decoderLimits.maxHeaderFieldCount = limits.headerFields
        try channel.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits)),
            HTTPServerPipelineHandler(),
            AdminHandler(router: router, limits: limits)
        )
    }
}

/// Bounds of the admin server: enough for a scraper and a load balancer, too little to hurt the program.
package struct AdminLimits: Sendable {
    /// The request target, and all header fields together, in bytes.
    package var requestHeadBytes = 4 << 10
    /// Header fields of one request.
    package var headerFields = 64
    /// A request's body, which is read and thrown away, in bytes.
    package var bodyBytes = 1 << 10
    /// Open connections; more are closed as soon as they are accepted.
    package var connections = 64
    /// From a connection's start, or the end of its last response, to the end of the next response. Covers idle
    /// connections, requests that trickle in and responses that nobody reads.
    package var exchangeTimeout: Duration = .seconds(10)

    /// The limits above.
    package init() {}
}

/// Counts open connections up to a limit.
final class ConnectionCount: Sendable {
    private let limit: Int
    private let open = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Counts one more connection, or returns false when the limit is reached.
    func enter() -> Bool {
        guard open.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    /// One connection less.
    func leave() {
        open.wrappingSubtract(1, ordering: .relaxed)
    }
}
