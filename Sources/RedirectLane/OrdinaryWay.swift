package import NIOCore
package import NIOHTTP1

/// Stands right behind the HTTP parser, and knows whether the ordinary way has anything to do on this connection.
package final class OrdinaryWay: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart
    package typealias OutboundIn = HTTPServerResponsePart
    package typealias OutboundOut = HTTPServerResponsePart

    private var begun = 0
    private var ended = 0
    private var answered = 0
    /// Whether the parser has no part of a request.
    private var isBetweenRequests = true
    /// Whether no request can follow on this connection.
    private var isOver = false
    /// Whether the bytes that the parser gets now came in one read with requests that it does not see.
    package private(set) var isBehindOthers = false

    package init() {}

    /// Whether every request that went this way has its answer, and the next byte begins another.
    var isClear: Bool { isBetweenRequests && !isOver && begun == ended && ended == answered }

    /// Hands bytes to the parser, and learns what it makes of them.
    ///
    /// - Parameter isBehindOthers: whether requests in front of them in the same read were answered.
    func take(_ buffer: ByteBuffer, isBehindOthers: Bool, context: ChannelHandlerContext) {
        self.isBehindOthers = isBehindOthers
        let before = ended
        // The parser does not say what it holds back. A header that ends with these bytes is whole, and so is the last
        // request, if one has ended since: nothing else can end so.
        let endsLine = buffer.readableBytesView.suffix(4).elementsEqual("\r\n\r\n".utf8)
        context.fireChannelRead(NIOAny(buffer))
        isBetweenRequests = endsLine && ended > before && begun == ended
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: begun += 1
        case .body: break
        case .end: ended += 1
        }
        context.fireChannelRead(data)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isOver = true
        context.fireErrorCaught(error)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): if head.headers.contains(name: "connection") { isOver = true }
        case .body: break
        case .end: answered += 1
        }
        context.write(data, promise: promise)
    }
}
