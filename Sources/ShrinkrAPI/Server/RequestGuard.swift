import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import ShrinkrBase

/// Answers, in place of the framework, for requests that cannot be read: broken ones (400, 501, 505), ones with too large
/// a header (431) and ones that do not arrive in time (408). Each gets a problem document, and its connection is closed.
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
    private let crossOrigin: CrossOriginPolicy
    private let place: OpenConnections.Place
    private let log: AccessLog?
    private var state = State.serving
    private var deadline: Scheduled<Void>?
    private let writeDeadline: WriteDeadline
    private var closesAfterResponse = false
    /// Requests that have begun and whose answer is not complete.
    private var unanswered = 0
    /// Whether the last request that has begun has not ended.
    private var isReading = false
    /// Whether bytes have come, between two requests, that are no whole header yet.
    private var hasPartOfHead = false
    /// Whether the bytes of this turn were at least a part of a request.
    private var hasReadPart = false
    /// Whether an answer has begun and not ended.
    private var isAnswering = false
    private var isQuiescing = false
    /// The last request that has begun.
    private var lastHead: HTTPRequest?
    /// A request that did not get so far, because its header was refused.
    private var refusedHead: HTTPRequest?

    /// - Parameter writeDeadline: shared with whoever else writes on the connection; nil for one of its own.
    init(
        limits: HTTPLimits, crossOrigin: CrossOriginPolicy, place: OpenConnections.Place, log: AccessLog?,
        writeDeadline: WriteDeadline? = nil
    ) {
        self.limits = limits
        self.crossOrigin = crossOrigin
        self.place = place
        self.log = log
        self.writeDeadline =
            writeDeadline ?? WriteDeadline(timeout: TimeAmount(limits.writeTimeout), place: place)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .serving = state else { return }
        hasReadPart = true
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            isReading = true
            hasPartOfHead = false
            lastHead = head
            place.becameBusy()
            stopDeadline()
        case .body: break
        case .end:
            isReading = false
            if unanswered == 0 { place.becameIdle() }
            stopDeadline()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !hasReadPart, !isReading { hasPartOfHead = true }
        hasReadPart = false
        // Most requests have come whole by now.
        if case .serving = state, isReading, deadline == nil { startDeadline(context) }
        context.fireChannelReadComplete()
        // Nobody behind us asks for more any longer.
        if case .lingering = state { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (state, error) {
        case (.serving, let fault as RequestHeadGuard.Fault):
            refusedHead = try? HTTPRequest(fault.head, secure: false, splitCookie: false)
            fail(fault.problem, context: context)
        case (.serving, let error as HTTPParserError):
            fail(problem(of: error), context: context)
        default:
            context.fireErrorCaught(error)
        }
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

    /// Closes a connection that has been silent for too long; but who has sent a part of a request gets to know why
    /// (RFC 9110, section 15.5.9), and who has got the last answer has time to read it. In a shutdown there is no time.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        let isWaitingForBody = isReading && unanswered == 1 && !isAnswering
        let isWaitingForHead = hasPartOfHead && unanswered == 0 && !isReading
        switch state {
        case _ where mode != .all || isQuiescing: return context.close(mode: mode, promise: promise)
        case .failed(let problem) where isWaitingForBody: writeLast(problem, context: context)
        case .serving where isWaitingForBody || isWaitingForHead: writeLast(.requestTimeout, context: context)
        case .lingering: break
        case .failed, .serving: return context.close(mode: mode, promise: promise)
        }
        context.channel.closeFuture.cascade(to: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            writeDeadline.quiesce(context)
        case is OpenConnections.CloseIfIdle:
            if case .serving = state, unanswered == 0, !isReading { return context.close(promise: nil) }
            writeDeadline.closeIfStalled(context)
            return
        case ChannelEvent.inputClosed: place.clientLeft()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopDeadline()
        writeDeadline.stop()
    }

    func channelInactive(context: ChannelHandlerContext) {
        place.clientLeft()
        stopDeadline()
        writeDeadline.stop()
        context.fireChannelInactive()
    }

    private func pass(_ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var data = data
        let part = unwrapOutboundIn(data)
        if case .head(var head) = part {
            isAnswering = true
            if unanswered == 1, lastHead?.headerFields.saysClose == true {
                head.headerFields[.connection] = "close"
                data = wrapOutboundOut(.head(head))
            }
            closesAfterResponse = head.headerFields.saysClose
        }
        writeDeadline.willWrite(context)
        context.write(data, promise: promise)
        writeDeadline.didWrite(context)
        guard case .end = part else { return }
        isAnswering = false
        unanswered -= 1
        if unanswered == 0, !isReading { place.becameIdle() }
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

    private func problem(of error: HTTPParserError) -> Problem {
        switch error {
        case .headerOverflow: .headersTooLarge(limit: limits.headerBytes)
        case .invalidVersion: .versionNotSupported
        default: .malformedRequest("The request is not valid HTTP/1.1.")
        }
    }

    private func writeLast(_ problem: Problem, context: ChannelHandlerContext) {
        let head = isReading ? lastHead : refusedHead
        let requestID = RequestIdentity.id(in: head?.headerFields ?? [:])
        let body = ByteBuffer(bytes: problem.document(requestID: requestID).bytes)
        var headers = problem.headers
        headers[.xRequestID] = requestID
        headers[.cacheControl] = "no-store"
        headers[.contentType] = "application/problem+json"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentLength] = String(body.readableBytes)
        headers[.connection] = "close"
        if let head { crossOrigin.mark(&headers, answering: head) }
        context.write(wrapOutboundOut(.head(HTTPResponse(status: problem.status, headerFields: headers))), promise: nil)
        if head?.method != .head { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        log?.record(
            head, status: problem.status, bytes: body.readableBytes, requestID: requestID,
            address: IPAddress(context.remoteAddress))
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
