import ClickQueue
import NIOCore
import NIOPosix
import ShrinkrBase
import Synchronization

/// A TCP connection to the server under test, on which a test writes whatever bytes it likes.
final class Connection: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    static func open(_ port: Int) async throws -> Connection {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // The server's FIN must not make us close: a client may go on sending.
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(inbox) }
            .connect(host: "127.0.0.1", port: port).get()
        return Connection(channel: channel, inbox: inbox)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    /// The next response. Throws ``Inbox/Failure`` where the connection ends before it, or it does not come.
    func answer(toHead isToHead: Bool = false) async throws -> Answer {
        try await inbox.take { bytes, isEnded in
            if let answer = try Answer.take(from: &bytes, isToHead: isToHead) { return answer }
            guard !isEnded else { throw Inbox.Failure.ended(rest: String(decoding: bytes, as: UTF8.self)) }
            return nil
        }
    }

    /// Waits until the server has said everything, and returns what it said that was not taken yet.
    func rest() async throws -> String {
        try await inbox.take { bytes, isEnded in isEnded ? String(decoding: bytes, as: UTF8.self) : nil }
    }

    func close() async {
        try? await channel.close().get()
    }
}

/// The bytes that a connection has received and nobody has read.
final class Inbox: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    enum Failure: Error {
        /// The connection ended, or was reset, while more was expected.
        case ended(rest: String)
        case timedOut(rest: String)
    }

    private struct State {
        var bytes: [UInt8] = []
        var isEnded = false
    }

    private let state = Mutex(State())
    private let pulse = ChangeSignal()

    /// Waits until `parse` makes something of what has come; it also learns whether more can come.
    func take<Value>(_ parse: (inout [UInt8], Bool) throws -> Value?) async throws -> Value {
        let time = MonotonicTime(ContinuousClock())
        while true {
            let generation = pulse.generation
            if let value = try state.withLock({ try parse(&$0.bytes, $0.isEnded) }) { return value }
            guard time.now() < patience else {
                throw Failure.timedOut(rest: state.withLock { String(decoding: $0.bytes, as: UTF8.self) })
            }
            await time.wait(for: pulse, after: generation, until: patience)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        state.withLock { $0.bytes.append(contentsOf: buffer.readableBytesView) }
        pulse.send()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func end() {
        state.withLock { $0.isEnded = true }
        pulse.send()
    }
}
