/// What can go wrong in this module. Every description is one sentence fit for a log or a terminal.
package enum ObservabilityError: Error, Equatable, CustomStringConvertible {
    /// A metric was registered in a way the exposition format or a limit does not allow. A programming error.
    case invalidMetric(name: String, reason: String)
    /// The admin server could not bind its address.
    case cannotListen(host: String, port: Int, reason: String)
    /// The admin server closed a new connection, because it has as many as it may.
    case tooManyConnections(limit: Int)
    /// A health probe did not get a 200.
    case unhealthy(reason: String)

    /// One sentence that names the subject and the cause.
    package var description: String {
        switch self {
        case .invalidMetric(let name, let reason):
            "The metric \(name) cannot be registered: \(reason)."
        case .cannotListen(let host, let port, let reason):
            "The admin server cannot listen on \(host):\(port): \(reason)."
        case .tooManyConnections(let limit):
            "The admin server already has its limit of \(limit) connections."
        case .unhealthy(let reason):
            "The health check failed: \(reason)."
        }
    }
}
