/// Bounds of the admin server: enough for a scraper and a load balancer, too little to hurt the program.
package struct AdminLimits: Sendable {
    /// The request target, and all header fields together, in bytes.
    package var requestHeadBytes = 4 << 10
    /// Header fields of one request.
    package var headerFields = 64
    /// A request's body, which is read and thrown away, in bytes.
    package var bodyBytes = 1 << 10
    /// Open connections; more are closed as soon as they are accepted.
    package var connections = 64
    /// From a connection's start, or the end of its last response, to the end of the next response. Covers idle
    /// connections, requests that trickle in and responses that nobody reads.
    package var exchangeTimeout: Duration = .seconds(10)

    /// The limits above.
    package init() {}
}
