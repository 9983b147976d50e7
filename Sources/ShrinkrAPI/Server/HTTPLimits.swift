/// What one connection and one request may take.
package struct HTTPLimits: Hashable, Sendable {
    /// Most bytes of a request body.
    package var bodyBytes = 64 * 1_024
    /// Most bytes of the body of a batch.
    package var batchBodyBytes = 1_024 * 1_024
    /// Most bytes of request line and header together.
    package var headerBytes = 16 * 1_024
    /// Most fields of a header.
    package var headerFields = 100
    /// How long a connection may be silent between requests, and how long a header may take to arrive.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a body may take to arrive after its header.
    package var bodyTimeout: Duration = .seconds(10)
    /// How long answers may wait to be sent while the client takes none of their bytes; at most 5 s during a shutdown.
    package var writeTimeout: Duration = .seconds(30)
    /// Most connections at once; further ones wait in the backlog.
    package var connections = 4_096
    /// Most connections at once of one client's address; nil for a quarter of all.
    package var connectionsPerClient: Int?
    /// Most connections that wait to be accepted (`listen(2)`).
    package var backlog = 1_024

    package init() {}
}
