import NIOCore
import NIOHTTP1

/// Performs on one connection what ``AdminExchange`` decides, and closes the connection when an exchange takes too
/// long. Lives on the admin server's own thread, so rendering a page here delays no redirect.
final class AdminHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let router: AdminRouter
    private let timeout: TimeAmount
    private var exchange: AdminExchange
    private var deadline: Scheduled<Void>?

    init(router: AdminRouter, limits: AdminLimits) {
        self.router = router
        self.timeout = TimeAmount(limits.exchangeTimeout)
        self.exchange = AdminExchange(maximumBodyBytes: limits.bodyBytes)
    }

    func channelActive(context: ChannelHandlerContext) {
        restartDeadline(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): perform(exchange.received(head: head), context)
        case .body(let bytes): perform(exchange.received(bodyBytes: bytes.readableBytes), context)
        case .end: perform(exchange.receivedEnd(), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(exchange.failed(error), context)
    }

    private func perform(_ action: AdminExchange.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none:
            break
        case .answer(let head, let keepAlive):
            let response = router.respond(
                method: head.method, target: head.uri, host: head.headers.first(name: "host"))
            send(response, withBody: head.method != .HEAD, keepAlive: keepAlive, context)
        case .refuse(let status):
            send(router.refusal(status), withBody: true, keepAlive: false, context)
        case .close:
            context.close(promise: nil)
        }
    }

    private func send(
        _ response: AdminResponse, withBody: Bool, keepAlive: Bool, _ context: ChannelHandlerContext
    ) {
        context.write(wrapOutboundOut(.head(response.head(keepAlive: keepAlive))), promise: nil)
        if withBody {
            let body = context.channel.allocator.buffer(bytes: response.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            if keepAlive {
                self.restartDeadline(context)
            } else {
                context.close(promise: nil)
            }
        }
    }

    private func restartDeadline(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }
}
