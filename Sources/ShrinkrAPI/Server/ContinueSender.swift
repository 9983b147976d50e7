import HTTPTypes
import NIOCore
import NIOHTTPTypes
import ShrinkrBase

/// Asks a client that waits to be asked for its body to send it (RFC 9110, section 10.1.1): with `100 Continue`, once
/// the requests before are answered.
final class ContinueSender: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyLimit: Int
    /// Whether the last request's client waits.
    private var isAwaited = false
    /// Requests that have begun and whose answer is not complete.
    private var unanswered = 0

    /// - Parameter bodyLimit: Who has announced more bytes than this is not asked: the answer is that they are too many.
    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            isAwaited = waits(head)
            sendIfDue(context)
        case .body, .end:
            // It did not wait.
            isAwaited = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head = part, unanswered == 1 { isAwaited = false }
        context.write(data, promise: promise)
        guard case .end = part else { return }
        unanswered -= 1
        sendIfDue(context)
    }

    private func sendIfDue(_ context: ChannelHandlerContext) {
        guard isAwaited, unanswered == 1 else { return }
        isAwaited = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func waits(_ head: HTTPRequest) -> Bool {
        let fields = head.headerFields
        guard fields.text(.expect)?.equalsIgnoringCase("100-continue") == true else { return false }
        guard let length = fields.text(.contentLength) else { return fields.text(.transferEncoding) != nil }
        return length.digits.map { (1...bodyLimit).contains($0) } ?? false
    }
}
