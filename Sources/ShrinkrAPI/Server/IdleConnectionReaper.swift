import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrObservability

/// Keeps connections without need from shutting clients out: while as many are open as may be, those that have been idle
/// for longest, or whose client has left answers untaken for longest, are closed, some every second. A client whose
/// connection is closed between two requests opens another.
struct IdleConnectionReaper: Service {
    static let interval = Duration.seconds(1)
    /// The part of all connections that one turn may close.
    static let fraction = 4

    private let connections: OpenConnections
    private let limit: Int
    private let clock: WallClock
    private let logger: Logger

    init(connections: OpenConnections, limit: ConnectionLimit, clock: WallClock, logger: Logger) {
        self.connections = connections
        self.limit = limit.connections
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        try await PeriodicService(
            every: Self.interval, failure: "All connections are taken; idle ones are closed", clock: clock,
            logger: logger
        ) {
            let count = connections.count
            guard count >= limit else { return }
            connections.closeIdle(most: max(1, limit / Self.fraction))
            throw AllConnectionsTaken(count: count)
        }.run()
    }

    /// Not for anybody to handle: the log tells of it while it lasts.
    private struct AllConnectionsTaken: Error, CustomStringConvertible {
        let count: Int

        var description: String { "\(count) connections are open" }
    }
}
