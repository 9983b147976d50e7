#if PostgreSQL
package import Logging
import Synchronization

/// Hears what sessions send with `NOTIFY` on one channel, on a connection and a thread of its own.
///
/// Notices sent while there is no connection are lost; ``Event/connected`` says that some may have been. Behind a pooler
/// that shares connections by transactions none arrive.
package final class PostgreSQLListener: Sendable {
    /// What has happened since the last call.
    package enum Event: Hashable, Sendable {
        /// Payloads in the order in which they were sent.
        case notices([[UInt8]])
        /// The connection is new, or more came than was kept: some notices may have been missed.
        case connected
        /// There is no connection, for this reason. The listener goes on trying. A loss that is mended before anybody
        /// asks is ``connected`` alone.
        case lost(String)
        /// Nothing, until the end of the wait or a cancellation.
        case nothing
    }

    private let mailbox: ListenerMailbox

    /// - Parameter channel: a name of our own.
    package init(_ configuration: PostgreSQLConfiguration, channel: String, logger: Logger) {
        mailbox = ListenerMailbox()
        ListenerThread.start(configuration, channel: channel, mailbox, logger)
    }

    deinit { mailbox.close() }

    /// Waits for the next event, at most for `limit`. One task at a time waits.
    package func wait(upTo limit: Duration) async -> Event {
        await mailbox.wait(upTo: limit)
    }

    /// Ends the connection. Later calls of ``wait(upTo:)`` return ``Event/lost(_:)``.
    package func close() async {
        mailbox.close()
        await mailbox.ended()
    }
}
#endif
