import Logging
import ServiceLifecycle
import ShrinkrCore

/// Keeps connections without need from shutting clients out: while as many are open as may be, those that have been idle
/// for longest, or whose client has left answers untaken for longest, are closed, some every second. A client whose
/// connection is closed between two requests opens another.
struct RoomKeeper: Service {
    static let interval = Duration.seconds(1)
    /// The part of all connections that one turn may close.
    static let fraction = 4

    private let connections: OpenConnections
    private let limit: Int
    private let failures: FailureStreak

    init(connections: OpenConnections, limit: ConnectionLimit, clock: WallClock, logger: Logger) {
        self.connections = connections
        self.limit = limit.connections
        failures = FailureStreak("All connections are taken; idle ones are closed", clock: clock, logger: logger)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let count = connections.count
                if count >= limit {
                    failures.failed("\(count) connections are open")
                    connections.makeRoom(most: max(1, limit / Self.fraction))
                } else {
                    failures.succeeded()
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
