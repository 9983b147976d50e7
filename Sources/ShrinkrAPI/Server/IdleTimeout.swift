import NIOCore
import NIOHTTPTypes

/// Closes a connection that is silent for too long: between two requests, or within one.
///
/// A timer runs while no answer is being made; it is not moved by requests, but looks at them when it fires.
final class IdleTimeout: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let timeout: TimeAmount
    /// When somebody in front of this last answered a request that does not get here.
    private let lastAnswerInFront: () -> NIODeadline?
    private var lastActive = NIODeadline.now()
    private var unanswered = 0
    private var isReading = false
    private var timer: Scheduled<Void>?

    init(timeout: TimeAmount, lastAnswerInFront: @escaping () -> NIODeadline? = { nil }) {
        self.timeout = timeout
        self.lastAnswerInFront = lastAnswerInFront
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { startTimer(context, end: .now() + timeout) }
    }

    func channelActive(context: ChannelHandlerContext) {
        startTimer(context, end: .now() + timeout)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActive = .now()
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            isReading = true
        case .body: break
        case .end: isReading = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            unanswered -= 1
            lastActive = .now()
            if unanswered == 0 { startTimer(context, end: lastActive + timeout) }
        }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopTimer() }

    private func startTimer(_ context: ChannelHandlerContext, end: NIODeadline) {
        guard timer == nil else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: end) {
            let (handler, context) = bound.value
            handler.timer = nil
            handler.check(context)
        }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }

    private func check(_ context: ChannelHandlerContext) {
        // The end of the answer starts the timer again.
        guard isReading || unanswered == 0 else { return }
        let last = max(lastActive, lastAnswerInFront() ?? lastActive)
        guard NIODeadline.now() < last + timeout else { return context.close(promise: nil) }
        startTimer(context, end: last + timeout)
    }
}
