import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Hands on one request at a time, however many a client sends at once ("pipelining"): the next when the answer to the one
/// before is written and the client takes what it gets.
///
/// Without it, a connection whose requests have all come would wait for nothing, so that others would not have their
/// turn, and its answers would pile up before anybody noticed that they are not taken. What waits here is bounded by
/// ``APIChannel/readBytes``: as long as something waits, nothing is read.
final class RequestQueue: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Event {
        case head(NIOAny)
        case bodyOrEnd(NIOAny)
        case error(HTTPParserError)
        case inputClosed
    }

    private var waiting = CircularBuffer<Event>()
    /// Whether a request has been handed on whose answer is not written.
    private var isBusy = false
    private var isReadHeld = false
    /// Whether the answer being written is the last.
    private var closesAfterResponse = false
    /// Whether the last answer is written; what would come after it must have no effect.
    private var isDone = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            take(.head(data), context: context)
        } else {
            take(.bodyOrEnd(data), context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        take(.error(error), context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        take(.inputClosed, context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        handOnWaiting(context)
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = !waiting.isEmpty
        if waiting.isEmpty { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head(let head) = part { closesAfterResponse = head.headerFields.saysClose }
        context.write(data, promise: promise)
        guard case .end = part else { return }
        isBusy = false
        isDone = closesAfterResponse
        handOnWaiting(context)
    }

    private func take(_ event: Event, context: ChannelHandlerContext) {
        if waiting.isEmpty, isDue(event, context: context) {
            handOn(event, context: context)
        } else {
            waiting.append(event)
        }
    }

    private func isDue(_ event: Event, context: ChannelHandlerContext) -> Bool {
        guard case .head = event, !isDone else { return true }
        return !isBusy && context.channel.isWritable
    }

    private func handOnWaiting(_ context: ChannelHandlerContext) {
        guard !waiting.isEmpty else { return }
        while let event = waiting.first, isDue(event, context: context) {
            waiting.removeFirst()
            handOn(event, context: context)
        }
        context.fireChannelReadComplete()
        if waiting.isEmpty, isReadHeld { read(context: context) }
    }

    private func handOn(_ event: Event, context: ChannelHandlerContext) {
        switch event {
        case .head where isDone, .bodyOrEnd where isDone: break
        case .head(let data):
            isBusy = true
            context.fireChannelRead(data)
        case .bodyOrEnd(let data): context.fireChannelRead(data)
        case .error(let error): context.fireErrorCaught(error)
        case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }
}
