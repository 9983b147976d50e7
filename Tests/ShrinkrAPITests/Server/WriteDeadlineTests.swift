import NIOCore
import NIOPosix
import ShrinkrObservability
import Synchronization
import Testing

@testable import ShrinkrAPI

/// Clients that do not read their answers, or read them slowly.
@Suite struct WriteDeadlineTests {
    /// More answers than the kernel's buffers of both sides hold, so that the rest waits in the server.
    private func floodOfRequests(_ api: TestAPI, count: Int = 250) -> String {
        String(repeating: api.requestText("GET", "/openapi.yaml"), count: count)
    }

    private func withWriteTimeout(
        _ timeout: Duration, connections: Int = 100, _ test: (TestAPI) async throws -> Void
    ) async throws {
        let configure = { (configuration: inout APIConfiguration) in
            configuration.limits.writeTimeout = timeout
            configuration.limits.connections = connections
        }
        try await withAPI(configure: configure, test: test)
    }

    @Test func clientThatNeverReadsIsClosedAndOthersAreServed() async throws {
        try await withWriteTimeout(.milliseconds(500)) { api in
            let stuck = try await ReluctantReader.open(api.port, receiveBuffer: 4_096)
            let start = ContinuousClock.now
            try await stuck.send(floodOfRequests(api))
            try await eventually("the stuck connection is closed") {
                let answer = try await api.get("/health")
                #expect(answer.status == 200)
                return stuck.isClosed
            }
            #expect(ContinuousClock.now - start >= .milliseconds(500))
        }
    }

    @Test func stuckClientsGiveTheirPlacesBack() async throws {
        try await withWriteTimeout(.milliseconds(300), connections: 3) { api in
            var stuck: [ReluctantReader] = []
            for _ in 0..<6 {
                let client = try await ReluctantReader.open(api.port, receiveBuffer: 4_096)
                try await client.send(floodOfRequests(api))
                stuck.append(client)
            }
            #expect(try await api.get("/health").status == 200)
            try await eventually("all of them are closed") { stuck.allSatisfy { $0.isClosed } }
        }
    }

    /// Long before their time is over, clients that leave their answers untaken give way to others, though each has a
    /// request under way.
    @Test func stuckClientsMakeRoom() async throws {
        try await withWriteTimeout(.seconds(3_600), connections: 4) { api in
            var stuck: [ReluctantReader] = []
            for _ in 0..<8 {
                let client = try await ReluctantReader.open(api.port, receiveBuffer: 4_096)
                try await client.send(floodOfRequests(api))
                stuck.append(client)
            }
            for _ in 0..<3 { #expect(try await api.get("/health").status == 200) }
            for client in stuck { await client.close() }
        }
    }

    /// What counts is that bytes leave, not that all have left.
    @Test func slowButSteadyReaderIsNotClosed() async throws {
        // Long, because other tests may keep this one from reading for seconds.
        let timeout = Duration.seconds(8)
        try await withWriteTimeout(timeout) { api in
            let length = try await lengthOfAnswer(api)
            let reader = try await ReluctantReader.open(api.port, receiveBuffer: 256 * 1_024)
            let start = ContinuousClock.now
            try await reader.send(floodOfRequests(api))
            while reader.received < 250 * length, !reader.isClosed {
                reader.read()
                try await Task.sleep(for: .milliseconds(70))
            }
            #expect(reader.received == 250 * length)
            #expect(ContinuousClock.now - start > timeout * 2, "the reader was not slow enough to prove anything")
            await reader.close()
        }
    }

    /// A pause shorter than the timeout leaves nothing behind that closes the connection later.
    @Test func clientThatCaughtUpIsKept() async throws {
        let timeout = Duration.seconds(10)
        try await withWriteTimeout(timeout) { api in
            let length = try await lengthOfAnswer(api)
            let reader = try await ReluctantReader.open(api.port, receiveBuffer: 256 * 1_024)
            try await reader.send(floodOfRequests(api))
            try await Task.sleep(for: timeout / 8)
            try await reader.readEverything()
            try await eventually("all answers come") { reader.received == 250 * length }
            try await Task.sleep(for: timeout * 2)
            try await reader.send(api.requestText("GET", "/openapi.yaml"))
            try await eventually("another answer comes") { reader.received == 251 * length }
            await reader.close()
        }
    }

    @Test func idleKeepAliveConnectionIsKept() async throws {
        try await withWriteTimeout(.milliseconds(100)) { api in
            let connection = try await Connection.open(api.port)
            for _ in 0..<3 {
                try await connection.send(api.requestText("GET", "/openapi.yaml"))
                #expect(try await connection.answer().status == 200)
                try await Task.sleep(for: .milliseconds(250))
            }
            await connection.close()
        }
    }

    /// Shutting down shortens a longer timeout: what waits here waits for much less than that.
    @Test func stuckClientDoesNotHoldUpTheShutdown() async throws {
        try await withWriteTimeout(.seconds(600)) { api in
            let stuck = try await ReluctantReader.open(api.port, receiveBuffer: 4_096)
            try await stuck.send(floodOfRequests(api))
            try await untilNothingMoves(api)
            await api.shutDown()
            try await eventually("the stuck connection is closed") { stuck.isClosed }
        }
    }

    /// Waits until the server has begun to answer the flood and can write no more of it.
    private func untilNothingMoves(_ api: TestAPI) async throws {
        let labels = ["method": "GET", "route": "/openapi.yaml", "status": "2xx"]
        let answers = try api.registry.counter("shrinkr_http_requests_total", help: "", labels: labels)
        var last: UInt64 = 0
        try await eventually("the server is stuck") {
            try await Task.sleep(for: .milliseconds(250))
            defer { last = answers.value }
            return last > 0 && last == answers.value
        }
    }

    private func lengthOfAnswer(_ api: TestAPI) async throws -> Int {
        let reader = try await ReluctantReader.open(api.port, receiveBuffer: 256 * 1_024)
        try await reader.readEverything()
        try await reader.send(api.requestText("GET", "/openapi.yaml", fields: ["Connection": "close"]))
        try await eventually("the answer ends") { reader.isClosed }
        // Only the last answer of a connection says that it is that.
        return reader.received - "Connection: close\r\n".utf8.count
    }
}

/// A client that reads only when it is told to, a little each time.
private final class ReluctantReader: Sendable {
    private let channel: any Channel
    private let counter: Counter

    private init(channel: any Channel, counter: Counter) {
        self.channel = channel
        self.counter = counter
    }

    static func open(_ port: Int, receiveBuffer: Int) async throws -> ReluctantReader {
        let counter = Counter()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1_024))
            .channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
            .channelInitializer { $0.pipeline.addHandler(counter) }
            .connect(host: "127.0.0.1", port: port).get()
        return ReluctantReader(channel: channel, counter: counter)
    }

    /// How many bytes it has read.
    var received: Int { counter.bytes.load(ordering: .relaxed) }

    /// Whether the server has ended the connection.
    var isClosed: Bool { !channel.isActive }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    func read() { channel.read() }

    /// From now on it reads as everyone does.
    func readEverything() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func close() async {
        try? await channel.close().get()
    }
}

private final class Counter: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let bytes = Atomic(0)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes.add(unwrapInboundIn(data).readableBytes, ordering: .relaxed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
