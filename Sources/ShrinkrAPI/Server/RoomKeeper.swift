import NIOCore
import ServiceLifecycle

/// Keeps idle connections from shutting clients out: while as many are open as may be, those that have been idle longest
/// are closed, some every second. A client whose connection is closed between two requests opens another.
struct RoomKeeper: Service {
    /// A connection is not idle before this time: its first request is on its way.
    static let grace = TimeAmount.seconds(1)
    static let interval = Duration.seconds(1)
    /// The part of all connections that one turn may close.
    static let fraction = 4

    let connections: OpenConnections
    let limit: Int

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if connections.count >= limit {
                    connections.makeRoom(most: max(1, limit / Self.fraction), grace: Self.grace)
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
