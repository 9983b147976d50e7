import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers, in place of the framework, for requests that cannot be read: broken ones (400), ones with too large a header
/// (431) and ones whose body does not arrive in time (408). Each gets a problem document, and its connection is closed.
///
/// After an answer with `Connection: close` it reads on and throws away for a moment before it closes: closing a socket
/// with unread bytes resets the connection, and the client might never see the answer (RFC 9112, section 9.6).
///
/// It also gives up connections whose clients do not take their answers (``WriteDeadline``): the framework's own timeout
/// is for silence between requests only.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long to read on before closing, once the last answer is sent.
    static let lingerTime = TimeAmount.seconds(2)

    private enum State {
        case serving
        /// A request cannot be read: this problem answers it, after the answers to those before it.
        case failed(Problem)
        /// The last answer is out; everything that still comes in is thrown away.
        case lingering
    }

    private let limits: HTTPLimits
    private var state = State.serving
    private var deadline: Scheduled<Void>?
    private let writeDeadline: WriteDeadline
    private var closesAfterResponse = false
    /// Requests that have begun and whose answer is not complete.
    private var unanswered = 0
    /// Whether the last request that has begun has not ended.
    private var isReading = false
    /// Whether an answer has begun and not ended.
    private var isAnswering = false
    private var lastFields: HTTPFields = [:]

    init(limits: HTTPLimits) {
        self.limits = limits
        writeDeadline = WriteDeadline(timeout: TimeAmount(limits.writeTimeout))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .serving = state else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            isReading = true
            lastFields = head.headerFields
            startDeadline(context)
        case .body: break
        case .end:
            isReading = false
            stopDeadline()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody behind us asks for more any longer.
        if case .lingering = state { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case .serving = state, let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        let problem: Problem =
            error == .headerOverflow
            ? .headersTooLarge(limit: limits.headerBytes)
            : .malformedRequest("The request is not valid HTTP/1.1.")
        fail(problem, context: context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch state {
        case .failed(let problem) where isReading && unanswered == 1:
            // The framework's answer to the request that broke off.
            promise?.succeed()
            writeLast(problem, context: context)
        case .lingering:
            promise?.succeed()
        case .failed, .serving:
            pass(data, context: context, promise: promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        writeDeadline.didFlush(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { writeDeadline.quiesce(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopDeadline()
        writeDeadline.stop()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopDeadline()
        writeDeadline.stop()
        context.fireChannelInactive()
    }

    private func pass(_ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head(let head) = part {
            isAnswering = true
            closesAfterResponse = head.headerFields[.connection] == "close"
        }
        writeDeadline.willWrite(context)
        context.write(data, promise: promise)
        writeDeadline.didWrite(context)
        guard case .end = part else { return }
        isAnswering = false
        unanswered -= 1
        if closesAfterResponse {
            linger(context)
        } else if case .failed(let problem) = state, unanswered == 0 {
            writeLast(problem, context: context)
        }
    }

    /// Answers with the problem, after the answers to requests before the broken one.
    private func fail(_ problem: Problem, context: ChannelHandlerContext) {
        stopDeadline()
        // A request that broke off after its answer had begun gets no other.
        if isReading, unanswered == 0 { return linger(context) }
        if isReading, unanswered == 1, isAnswering { return closesAfterResponse = true }
        state = .failed(problem)
        if unanswered == 0 { writeLast(problem, context: context) }
        // With a request open, the framework is waiting for its body: the error ends that, and its answer becomes ours.
        context.fireErrorCaught(HTTPParserError.invalidEOFState)
    }

    private func writeLast(_ problem: Problem, context: ChannelHandlerContext) {
        let requestID = RequestIdentity.id(in: isReading ? lastFields : [:])
        let body = ByteBuffer(bytes: problem.document(requestID: requestID).bytes)
        var headers = problem.headers
        headers[.xRequestID] = requestID
        headers[.cacheControl] = "no-store"
        headers[.contentType] = "application/problem+json"
        headers[.contentLength] = String(body.readableBytes)
        headers[.connection] = "close"
        context.write(wrapOutboundOut(.head(HTTPResponse(status: problem.status, headerFields: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        state = .lingering
        stopDeadline()
        flush(context: context)
        // The client's time runs from when the last byte has gone to it: until then the write deadline applies.
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.closeSoon(context) }
        context.close(mode: .output, promise: sent)
        context.read()
    }

    private func closeSoon(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.close(promise: nil) }
    }

    private func startDeadline(_ context: ChannelHandlerContext) {
        stopDeadline()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(limits.bodyTimeout)) {
            let (guardian, context) = bound.value
            guardian.fail(.requestTimeout, context: context)
        }
    }

    private func stopDeadline() {
        deadline?.cancel()
        deadline = nil
    }
}
