package import NIOCore

/// What a lane must know of its connection, and tell of it.
package protocol LaneConnection: AnyObject {
    /// Whether answers wait because the client does not take them.
    var isStalled: Bool { get }
    /// Answers were written.
    func didFlush(_ context: ChannelHandlerContext)
    /// The last request was answered.
    func becameIdle(at time: NIODeadline)
}

/// Answers simple requests for links in front of the HTTP parser: from the bytes of a read, through a table, to the bytes
/// of an answer.
///
/// What ``RequestScanner`` does not recognise, or ``LaneBackend`` has no ready answer to, goes the ordinary way untouched,
/// and with it everything behind it until all of that is answered: so answers keep the order of their requests.
package final class RedirectLane: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let loops: LaneLoops
    private let backend: any LaneBackend
    private let scanner: RequestScanner
    private let way: OrdinaryWay
    private let connection: any LaneConnection
    private var loop: LaneLoop?
    private var context: ChannelHandlerContext?
    /// The other end of the connection.
    private let peer: ClientAddress?
    private let isPeerTrusted: Bool
    /// Whether answers of this connection wait for the end of the turn.
    private var isWaiting = false
    /// Whether the connection is about to end.
    private var isShut = false
    /// Whether the ordinary way has to learn that this read is complete.
    private var hasPassedOn = false
    private var hasTaken = false
    /// When the lane last answered here.
    package private(set) var lastAnswer: NIODeadline?

    /// - Parameters:
    ///   - way: What stands behind the parser.
    ///   - peer: The other end of the connection; nil where that is not known.
    package init(
        loops: LaneLoops, way: OrdinaryWay, connection: any LaneConnection, peer: ClientAddress?
    ) {
        self.loops = loops
        backend = loops.backend
        scanner = RequestScanner(limits: backend.limits)
        self.way = way
        self.connection = connection
        self.peer = peer
        isPeerTrusted = peer.map { loops.backend.isTrusted($0) } ?? false
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop = loops.loop(of: context.eventLoop)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        var taken = 0
        if way.isClear, backend.isOpen, let loop {
            taken = buffer.withUnsafeReadableBytes { take($0, loop) }
            if taken > 0 { hasTaken = true }
            if taken == buffer.readableBytes { return }
            buffer.moveReaderIndex(forwardBy: taken)
        }
        // Answers to what came before go out before what follows can be answered.
        commit()
        hasPassedOn = true
        way.take(buffer, isBehindOthers: taken > 0, context: context)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        // Whoever looks after silent clients would take a read without a request for a part of one.
        if hasPassedOn || !hasTaken { context.fireChannelReadComplete() }
        (hasPassedOn, hasTaken) = (false, false)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        isShut = true
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isShut = true
        context.fireErrorCaught(error)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isWaiting { commit() }
        if event is ChannelShouldQuiesceEvent { isShut = true }
        context.fireUserInboundEventTriggered(event)
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isWaiting { commit() }
        isShut = true
        context.close(mode: mode, promise: promise)
    }

    /// Writes the answers of this turn.
    func send(_ answers: ByteBuffer) {
        isWaiting = false
        guard let context, let loop else { return }
        context.writeAndFlush(wrapOutboundOut(answers), promise: nil)
        connection.didFlush(context)
        connection.becameIdle(at: loop.now)
        lastAnswer = loop.now
    }

    private func commit() {
        guard isWaiting else { return }
        loop?.commit()
    }

    /// Answers the simple requests at the beginning of the bytes; returns how many bytes they are.
    private func take(_ bytes: UnsafeRawBufferPointer, _ loop: LaneLoop) -> Int {
        var taken = 0
        // A turn that ends in between may find that the client does not read, or has left.
        while taken < bytes.count, !isShut, !connection.isStalled, let request = scanner.scan(bytes, from: taken),
            answer(request, of: bytes, loop)
        {
            taken = request.end
        }
        return taken
    }

    private func answer(_ request: SimpleRequest, of bytes: UnsafeRawBufferPointer, _ loop: LaneLoop) -> Bool {
        guard PlainHost.isOne(request.host.of(bytes)),
            !request.requestID.isPresent || AnswerWriter.repeats(request.requestID.of(bytes)),
            let peer
        else { return false }
        var (address, request) = (peer, request)
        if isPeerTrusted {
            guard let client = ForwardedClient.find(request, of: bytes, peer: peer, backend) else { return false }
            address = client
        } else {
            request.country = ByteSlice()
        }
        guard let link = backend.link(request.code.of(bytes)) else { return false }
        let now = loop.beginTurn()
        let visitor = backend.visitor(address, userAgent: request.userAgent.of(bytes), at: now)
        isWaiting = true
        loop.add(request, of: bytes, link: link, address: address, visitor: visitor, for: self)
        return true
    }
}
