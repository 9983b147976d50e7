import Glibc
import Logging

/// How many connections there may be at once: as many as configured, or as the system's limit of open files leaves for
/// them. Without a file to spare, neither clicks nor links could be written.
struct ConnectionLimit: Hashable, Sendable {
    /// Files and sockets for everything but clients' connections: journal, database, connections to AWS.
    static let reservedFiles = 128

    /// Most connections.
    let connections: Int
    /// How many the listener takes in one turn; in its last turn it can exceed the limit by as many.
    var perTurn: Int { Self.perTurn(connections) }

    /// The limit where the process may have so many files open.
    init(configured: Int, files: Int) {
        let room = files - Self.reservedFiles
        connections = max(1, configured + Self.perTurn(configured) <= room ? configured : room - Self.perTurn(room))
    }

    /// The limit in this process. Raises the process's own limit of open files, which often is 1,024 at first and many
    /// more for those who ask.
    static func inThisProcess(configured: Int, logger: Logger) -> ConnectionLimit {
        let files = raiseFileLimit(to: configured + perTurn(configured) + reservedFiles)
        let limit = ConnectionLimit(configured: configured, files: files)
        if limit.connections < configured {
            logger.warning(
                "The limit of open files (ulimit -n) allows fewer connections than configured",
                metadata: ["files": "\(files)", "connections": "\(limit.connections)", "configured": "\(configured)"])
        }
        return limit
    }

    /// The default of 4 makes bursts of new clients wait.
    private static func perTurn(_ connections: Int) -> Int { min(256, max(1, connections / 16)) }

    private static func raiseFileLimit(to needed: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return needed }
        if limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = min(rlim_t(needed), limit.rlim_max)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
