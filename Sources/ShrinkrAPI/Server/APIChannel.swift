import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

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
        let position = TargetEscaper.Position()
        try pipeline.addHandler(TargetEscaper(position: position))
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
        try pipeline.addHandler(RequestHeadGuard(position: position))
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(ContinueSender(bodyLimit: limits.batchBodyBytes))
        try pipeline.addHandler(
            RequestGuard(
                limits: limits, crossOrigin: crossOrigin,
                place: connections.enter(channel, from: channel.remoteAddress), log: log))
        try pipeline.addHandler(ConnectionDrain(state: drain))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: limits.idleTimeout, logger: logger))
        try pipeline.addHandler(RequestQueue())
    }

    func handle(value: Value, logger: Logger) async {
        let channel = value.channel
        await withTaskCancellationHandler {
            await handleHTTP(asyncChannel: value.take(), logger: logger)
        } onCancel: {
            // The framework reads no more, but it waits for the client to take its answers.
            channel.eventLoop.scheduleTask(in: Self.cancellationTime) { channel.close(promise: nil) }
        }
    }
}
