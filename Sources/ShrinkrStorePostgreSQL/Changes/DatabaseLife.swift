#if PostgreSQL
import Synchronization

/// Tells one server from another that has taken its place, such as a promoted standby that lacks the last changes, or a
/// database that was put back: what was read from the first may not be true of the second.
///
/// The same server after a restart has another start time, but a later one than any time that it told before. A server
/// that was already there then, or has another address, is another one.
struct DatabaseLife: Hashable {
    /// What a server says of itself.
    struct Server: Hashable {
        /// Its address and port; empty on a Unix socket.
        let address: String
        /// When it was started, in milliseconds by its own clock.
        let startedAt: Int64
        /// The time by its clock, in milliseconds.
        let now: Int64
    }

    /// Grows whenever another server answers.
    private(set) var number: Int64 = 0
    private var last: Server?

    mutating func answered(_ server: Server) {
        defer { last = server }
        guard let last else { return }
        let isRestarted = server.startedAt >= last.now
        if server.address != last.address || server.startedAt != last.startedAt && !isRestarted { number += 1 }
    }
}

/// The life that all copies of a store share.
final class SharedLife: Sendable {
    private let life = Mutex(DatabaseLife())

    var number: Int64 { life.withLock { $0.number } }

    /// Returns whether this is another server than the one that answered last.
    func answered(_ server: DatabaseLife.Server) -> Bool {
        life.withLock { life in
            let before = life.number
            life.answered(server)
            return life.number != before
        }
    }
}
#endif
