#if PostgreSQL
import CLibpq
import Glibc
import Logging

/// Keeps a listener's connection.
struct ListenerThread {
    /// An idle connection is tried after this time, since nothing else would tell that it is gone.
    private static let checkInterval: Duration = .seconds(15)
    private static let checkTimeout: Duration = .seconds(5)

    private let configuration: PostgreSQLConfiguration
    private let channel: String
    private let mailbox: ListenerMailbox
    private let waker: Waker

    static func start(
        _ configuration: PostgreSQLConfiguration, channel: String, _ mailbox: ListenerMailbox, _ logger: Logger
    ) {
        do {
            guard let waker = mailbox.waker else {
                throw PostgreSQLError(.unavailable, "no descriptor for a connection that listens")
            }
            let thread = ListenerThread(
                configuration: configuration, channel: channel, mailbox: mailbox, waker: waker)
            try BlockingThread.start("shrinkr-pg-hear") { thread.run() }
        } catch {
            logger.error("Cannot listen for notices of PostgreSQL", metadata: ["error": "\(error)"])
            mailbox.lost("\(error)")
            mailbox.end()
        }
    }

    private func run() {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        while !mailbox.isClosed {
            do {
                let connection = try Connection.connect(configuration, waker: waker) { mailbox.isClosed }
                try listen(on: connection)
                backoff.reset()
                try hear(connection)
            } catch {
                guard !mailbox.isClosed else { break }
                mailbox.lost("\(error)")
                _ = waker.wait(socket: -1, until: .now + backoff.next())
            }
        }
        mailbox.end()
    }

    private func listen(on connection: Connection) throws(PostgreSQLError) {
        try sayListen(on: connection)
        mailbox.connected()
    }

    /// Saying it again changes nothing, so that it also tells whether the server is there; and `pg_stat_activity` always
    /// shows what the connection is for.
    private func sayListen(on connection: Connection) throws(PostgreSQLError) {
        let quoted =
            "\"" + channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        let outcomes = try connection.run(
            [PostgreSQLCall(PostgreSQLStatement("LISTEN \(quoted)"))], timeout: Self.checkTimeout)
        if case .failed(let error) = outcomes.first { throw error }
    }

    /// Hands notices over until the connection is lost or the listener closed.
    private func hear(_ connection: Connection) throws(PostgreSQLError) {
        while !mailbox.isClosed {
            mailbox.add(connection.takeNotices())
            let wake = waker.wait(socket: connection.socket, until: .now + Self.checkInterval)
            if wake.isReadable { connection.drain() }
            if wake.isLate { try sayListen(on: connection) }
            if connection.isBroken { throw .lost("the connection that listens was lost") }
        }
    }
}

extension Connection {
    /// Payloads that have come, in order.
    fileprivate func takeNotices() -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        while let notice = PQnotifies(handle) {
            defer { PQfreemem(notice) }
            if let payload = notice.pointee.extra {
                payloads.append(UnsafeRawBufferPointer(start: payload, count: strlen(payload)).map { $0 })
            }
        }
        return payloads
    }
}
#endif
