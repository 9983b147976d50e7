import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes

@testable import ShrinkrAPI

/// One connection of ``FuzzedAPI`` with the pipeline of production, except for the socket below it and the framework's
/// loop above it, which this stands for.
final class FuzzedConnection {
    private let channel = EmbeddedChannel()
    private let socket = Socket()
    private let api: FuzzedAPI
    private let responder: any HTTPResponder<APIContext>
    /// The request that is being read and is not answered.
    private var request: (head: HTTPRequest, body: ByteBuffer)?
    /// Whether the framework is done with the connection.
    private var isFinished = false
    /// Whether the client broke the rules of HTTP.
    private(set) var isBroken = false
    /// The methods of the requests that have begun.
    private(set) var methods: [HTTPRequest.Method] = []
    /// Requests that were answered.
    private(set) var responses = 0

    init(_ responder: some HTTPResponder<APIContext>, on api: FuzzedAPI) {
        (self.responder, self.api) = (responder, api)
        succeed("a pipeline can be made") {
            try channel.pipeline.syncOperations.addHandler(socket)
            let pipeline = APIChannel(
                limits: api.limits, crossOrigin: CrossOriginPolicy(origins: .nobody), connections: OpenConnections(),
                drain: DrainState(), log: nil, responder: { _, _, _ in })
            try pipeline.addHandlers(to: channel, logger: api.logger)
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: 50_000)
            channel.connect(to: address, promise: nil)
        }
    }

    /// What the client has received.
    var output: [UInt8] { socket.output }

    /// Takes what the client sends, so many bytes at once.
    func receive(_ bytes: ArraySlice<UInt8>, in size: Int) {
        var rest = bytes
        while !rest.isEmpty, channel.isActive {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            work { try channel.writeInbound(ByteBuffer(bytes: piece)) }
        }
    }

    /// Lets so much time pass that every timeout is over, and closes as the framework does after a silence.
    func end() {
        work { channel.embeddedEventLoop.advanceTime(by: TimeAmount(api.limits.bodyTimeout) + .seconds(1)) }
        check(request == nil, "a request that does not arrive is answered")
        work { if !socket.isEnded { channel.close(promise: nil) } }
        channel.embeddedEventLoop.advanceTime(by: RequestGuard.lingerTime + .seconds(1))
        check(!channel.isActive, "a connection is closed after its last answer")
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// Does something to the channel, then takes what comes out of it; answers may let more through.
    private func work(_ body: () throws -> Void) {
        var fault = fault(of: body)
        repeat {
            // It came out before the fault.
            read()
            if let fault { fail(fault) }
            fault = self.fault(of: channel.throwIfErrorCaught)
        } while fault != nil
    }

    private func fault(of body: () throws -> Void) -> (any Error)? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private func read() {
        while let part = try? channel.readInbound(as: HTTPRequestPart.self) {
            switch part {
            case .head(let head):
                check(request == nil, "a request begins where the one before it has ended")
                methods.append(head.method)
                request = (head, ByteBuffer())
                // Only these have bodies that somebody waits for.
                if head.method != .post, head.method != .patch { answer() }
            case .body(let bytes): request?.body.writeImmutableBuffer(bytes)
            case .end: answer()
            }
        }
    }

    private func answer() {
        guard let (head, body) = request, !isFinished else { return }
        request = nil
        let request = Request(head: head, body: RequestBody(buffer: body))
        let context = APIContext(source: ApplicationRequestContextSource(channel: channel, logger: api.logger))
        let (responder, collector) = (responder, BodyCollector())
        let answer = api.executor.run {
            do {
                let response = try await responder.respond(to: request, context: context)
                try await response.body.write(BodyWriter(collector: collector))
                return Result<HTTPResponse, any Error>.success(response.head)
            } catch {
                return .failure(error)
            }
        }
        send(succeed("the router answers every request") { try answer.get() }, collector.buffer)
        responses += 1
        if request.headers[.connection] == "close" { finish() }
    }

    /// What the framework does when the parser fails: it answers, and the guard puts its own answer in that one's place.
    private func fail(_ fault: any Error) {
        isBroken = true
        guard !isFinished else { return }
        request = nil
        if fault is HTTPParserError {
            send(
                HTTPResponse(status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"]),
                ByteBuffer())
        }
        finish()
    }

    private func send(_ head: HTTPResponse, _ body: ByteBuffer) {
        channel.write(HTTPResponsePart.head(head), promise: nil)
        if body.readableBytes > 0 { channel.write(HTTPResponsePart.body(body), promise: nil) }
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
    }

    private func finish() {
        (isFinished, request) = (true, nil)
        channel.close(mode: .output, promise: nil)
    }
}

/// The socket's end of the pipeline: keeps what is sent, and closes in halves as a socket does.
private final class Socket: ChannelOutboundHandler {
    typealias OutboundIn = IOData

    private(set) var output: [UInt8] = []
    private(set) var isEnded = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(let buffer) = unwrapOutboundIn(data) else { return check(false, "bytes are sent") }
        check(!isEnded || buffer.readableBytes == 0, "nothing is sent after the last answer")
        output += buffer.readableBytesView
        promise?.succeed()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        isEnded = true
        promise?.succeed()
    }
}

/// Gathers the body of an answer.
private final class BodyCollector: @unchecked Sendable {
    // Used by one task, and read after its end.
    var buffer = ByteBuffer()
}

private struct BodyWriter: ResponseBodyWriter {
    let collector: BodyCollector

    func write(_ buffer: ByteBuffer) { collector.buffer.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) {}
}
