import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A connection on its way from the listener to the task that serves it.
///
/// When the listener closes in between, the framework drops it. Left to itself the connection would stay open with nobody
/// to answer, and NIO would end the process because its stream was never run; so it is closed.
final class AcceptedConnection: ServerChildChannelValue {
    private let stream: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    private let isTaken = Atomic(false)

    var channel: any Channel { stream.channel }

    init(_ stream: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>) {
        self.stream = stream
    }

    /// The stream, for whoever serves it to its end.
    func take() -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        isTaken.store(true, ordering: .relaxed)
        return stream
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed) else { return }
        // Waits for nothing but the closing of the connection, so nobody has to wait for it.
        Task { [stream] in try? await stream.executeThenClose { _, _ in } }
    }
}
