import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import RedirectLane
import ShrinkrBase

/// The pipeline of one connection: HTTP/1.1 with our limits, ``TargetEscaper`` in front of the parser, and in front of the
/// framework ``RequestHeadGuard``, ``ContinueSender``, ``RequestGuard``, ``ConnectionDrain`` and ``RequestQueue``.
struct APIChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = AcceptedConnection

    /// Most bytes that one turn reads. All requests in them are parsed at once, and a request can be 26 bytes short.
    static let readBytes = 4 * 1_024

    /// How long an answer that is under way when the shutdown is cut short may still take.
    static let cancellationTime = TimeAmount.seconds(1)

    let limits: HTTPLimits
    let crossOrigin: CrossOriginPolicy
    let connections: OpenConnections
    let drain: DrainState
    /// Where requests that cannot be read are logged; the others are logged where they are answered.
    let log: AccessLog?
    /// Answers simple requests in front of the parser; nil where all go the ordinary way.
    var lane: LaneLoops?
    let responder: HTTPChannelHandler.Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try addHandlers(to: channel, logger: logger)
            return AcceptedConnection(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    /// Adds everything between the socket and the framework.
    func addHandlers(to channel: any Channel, logger: Logger) throws {
        let pipeline = channel.pipeline.syncOperations
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        try channel.syncOptions?.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(
                minimum: Self.readBytes / 4, initial: Self.readBytes / 2, maximum: Self.readBytes))
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerFields
        let place = connections.enter(channel, from: channel.remoteAddress)
        let writeDeadline = WriteDeadline(timeout: TimeAmount(limits.writeTimeout), place: place)
        let (redirectLane, ordinaryWay) = makeLane(channel, place: place, writeDeadline: writeDeadline)
        if let redirectLane { try pipeline.addHandler(redirectLane) }
        let position = TargetEscaper.Position()
        try pipeline.addHandler(TargetEscaper(position: position) { ordinaryWay?.isBehindOthers ?? false })
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
        if let ordinaryWay { try pipeline.addHandler(ordinaryWay) }
        try pipeline.addHandler(RequestHeadGuard(position: position))
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(ContinueSender(bodyLimit: limits.batchBodyBytes))
        try pipeline.addHandler(
            RequestGuard(
                limits: limits, crossOrigin: crossOrigin, place: place, log: log, writeDeadline: writeDeadline))
        try pipeline.addHandler(ConnectionDrain(state: drain))
        try pipeline.addHandler(
            IdleTimeout(timeout: TimeAmount(limits.idleTimeout)) { redirectLane?.lastAnswer })
        try pipeline.addHandler(RequestQueue())
    }

    private func makeLane(
        _ channel: any Channel, place: OpenConnections.Place, writeDeadline: WriteDeadline
    ) -> (RedirectLane?, OrdinaryWay?) {
        guard let lane else { return (nil, nil) }
        let way = OrdinaryWay()
        let peer = IPAddress(channel.remoteAddress)
        let handler = RedirectLane(
            loops: lane, way: way, connection: LanePlace(place: place, writeDeadline: writeDeadline),
            peer: peer.map { ClientAddress(number: $0.number) })
        return (handler, way)
    }

    func handle(value: Value, logger: Logger) async {
        let channel = value.channel
        await withTaskExecutorPreference(EventLoopExecutor(channel.eventLoop)) {
            await withTaskCancellationHandler {
                await handleHTTP(asyncChannel: value.take(), logger: logger)
            } onCancel: {
                // The framework reads no more, but it waits for the client to take its answers.
                channel.eventLoop.scheduleTask(in: Self.cancellationTime) { channel.close(promise: nil) }
            }
        }
    }
}

/// What one connection and one request may take.
package struct HTTPLimits: Hashable, Sendable {
    /// Most bytes of a request body.
    package var bodyBytes = 64 * 1_024
    /// Most bytes of the body of a batch.
    package var batchBodyBytes = 1_024 * 1_024
    /// Most bytes of request line and header together.
    package var headerBytes = 16 * 1_024
    /// Most fields of a header.
    package var headerFields = 100
    /// How long a connection may be silent between requests, and how long a header may take to arrive.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a body may take to arrive after its header.
    package var bodyTimeout: Duration = .seconds(10)
    /// How long answers may wait to be sent while the client takes none of their bytes; at most 5 s during a shutdown.
    package var writeTimeout: Duration = .seconds(30)
    /// Most connections at once; further ones wait in the backlog.
    package var connections = 4_096
    /// Most connections at once of one client's address; nil for a quarter of all.
    package var connectionsPerClient: Int?
    /// Most connections that wait to be accepted (`listen(2)`).
    package var backlog = 1_024

    package init() {}
}
