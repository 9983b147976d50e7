import HTTPTypes
import NIOCore
import NIOHTTPTypes
import ServiceLifecycle
import ShrinkrObservability
import Synchronization

/// Whether the server is about to stop: from then on the next answer on each connection is its last.
final class DrainState: Sendable {
    private let begun = Atomic(false)

    var hasBegun: Bool { begun.load(ordering: .relaxed) }

    func begin() { begun.store(true, ordering: .relaxed) }
}

/// Ends a connection during a shutdown so that its client loses no request.
///
/// The last answer says `Connection: close`, so that the client sends nothing more (RFC 9112, section 9.6). A connection
/// that is silent when the listener closes stays for a moment: a request may be on its way, and gets its answer. The
/// framework, behind this handler, would close it there and then.
final class ConnectionDrain: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a connection without a request stays once the listener is closed.
    static let graceTime = TimeAmount.seconds(1)

    private let state: DrainState
    private var isQuiescing = false
    /// Requests that have begun and whose answer has not ended.
    private var unanswered = 0
    private var isAnswering = false
    /// Whether a request is thrown away because the answer to the one before it is the last. So are all after it.
    private var discardsRequests = false
    private var closing: Scheduled<Void>?

    init(state: DrainState) {
        self.state = state
    }

    private var isDraining: Bool { isQuiescing || state.hasBegun }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            if isDraining, unanswered > 0, !isAnswering { discardsRequests = true }
            if !discardsRequests { unanswered += 1 }
            stopClosing()
        }
        if !discardsRequests { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = true
            guard isDraining, unanswered == 1 else { break }
            head.headerFields[.connection] = "close"
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: break
        case .end:
            isAnswering = false
            unanswered -= 1
            if isQuiescing, unanswered == 0 { closeSoon(context) }
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        if unanswered == 0 { closeSoon(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopClosing()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopClosing()
        context.fireChannelInactive()
    }

    private func closeSoon(_ context: ChannelHandlerContext) {
        stopClosing()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        closing = context.eventLoop.scheduleTask(in: Self.graceTime) { bound.value.close(promise: nil) }
    }

    private func stopClosing() {
        closing?.cancel()
        closing = nil
    }
}

/// The first to stop: says "not ready" before the listener closes, so that load balancers send new requests elsewhere.
struct DrainSignal: Service {
    private let readiness: Readiness
    private let state: DrainState
    private let delay: Duration

    /// - Parameters:
    ///   - state: What the connections look at.
    ///   - delay: Time for load balancers to notice.
    init(readiness: Readiness, state: DrainState, delay: Duration) {
        self.readiness = readiness
        self.state = state
        self.delay = delay
    }

    func run() async throws {
        try await gracefulShutdown()
        readiness.beginDraining()
        state.begin()
        try await Task.sleep(for: delay)
    }
}
