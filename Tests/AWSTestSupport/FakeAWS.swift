import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on loopback that stands in for AWS: it keeps what it received and answers as a test says.
package final class FakeAWS: Sendable {
    /// How to react to a request.
    package enum Reply: Sendable {
        case respond(Int, headers: HTTPHeaders = [:], body: [UInt8] = [])
        /// A head that promises a body, and then nothing.
        case headOnly
        case neverAnswer
        case closeConnection

        package static func json(_ text: String, status: Int = 200, headers: HTTPHeaders = [:]) -> Reply {
            .respond(status, headers: headers, body: Array(text.utf8))
        }
    }

    private let handler: @Sendable (FakeRequest) -> Reply
    private let received = Mutex<[FakeRequest]>([])
    private let arrival = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(64))

    private init(handler: @escaping @Sendable (FakeRequest) -> Reply) {
        self.handler = handler
    }

    /// All requests so far, in order of arrival.
    package var requests: [FakeRequest] {
        received.withLock { $0 }
    }

    /// Returns when the next request has arrived.
    package func waitForRequest() async {
        for await _ in arrival.stream { return }
    }

    /// Runs a server while `body` runs.
    package static func run<Result>(
        _ handler: @escaping @Sendable (FakeRequest) -> Reply,
        _ body: (FakeAWS, _ url: String) async throws -> Result
    ) async throws -> Result {
        let server = FakeAWS(handler: handler)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FakeHandler(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = channel.localAddress?.port ?? 0
        do {
            let result = try await body(server, "http://127.0.0.1:\(port)")
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    fileprivate func reply(to request: FakeRequest) -> Reply {
        received.withLock { $0.append(request) }
        arrival.continuation.yield()
        return handler(request)
    }
}

private final class FakeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: FakeAWS
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(server: FakeAWS) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            body += part.readableBytesView
        case .end:
            guard let head else { return }
            let request = FakeRequest(method: head.method, uri: head.uri, headers: head.headers, body: body)
            write(server.reply(to: request), context: context)
        }
    }

    private func write(_ reply: FakeAWS.Reply, context: ChannelHandlerContext) {
        switch reply {
        case .neverAnswer:
            break
        case .closeConnection:
            context.close(promise: nil)
        case .headOnly:
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "10"])
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        case .respond(let status, var headers, let body):
            headers.replaceOrAdd(name: "content-length", value: String(body.count))
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
