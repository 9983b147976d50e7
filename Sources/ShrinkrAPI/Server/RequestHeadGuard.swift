import NIOCore
import NIOHTTP1

/// Stands right behind the parser and lets nothing pass that ``RequestHeadRules`` refuse, nor anything after it, nor
/// anything after the last request of a connection: bytes that follow a request with `Connection: close` get no answer
/// (RFC 9112, section 9.6).
final class RequestHeadGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// A request whose header breaks the rules.
    struct Fault: Error {
        let problem: Problem
        let head: HTTPRequestHead
    }

    private let position: TargetEscaper.Position
    private var isOpen = true
    private var isLast = false

    /// - Parameter position: Is told of every header and end.
    init(position: TargetEscaper.Position = .init()) {
        self.position = position
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isOpen else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            position.readHead()
            read(head, context: context)
        case .body: context.fireChannelRead(data)
        case .end(let trailer):
            position.readEnd()
            // Trailer fields are nobody's business here (RFC 9110, section 6.5.1).
            context.fireChannelRead(trailer == nil ? data : wrapInboundOut(.end(nil)))
            isOpen = !isLast
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isOpen, error is HTTPParserError || error is ByteToMessageDecoderError { return }
        context.fireErrorCaught(error)
    }

    private func read(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        var head = head
        do {
            try RequestHeadRules.apply(to: &head)
            isLast = RequestHeadRules.isLast(head)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } catch {
            isOpen = false
            context.fireErrorCaught(Fault(problem: error, head: head))
        }
    }
}
