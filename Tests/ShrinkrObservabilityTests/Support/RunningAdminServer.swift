import Logging

@testable import ShrinkrObservability

/// Runs an admin server on a port the system chose, calls `body` with that port and then cancels the server.
func withAdminServer<T>(
    limits: AdminLimits = AdminLimits(), registry: MetricsRegistry = MetricsRegistry(),
    readiness: Readiness = Readiness(components: []), _ body: (Int) async throws -> T
) async throws -> T {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
    let server = AdminServer(
        host: "127.0.0.1", port: 0, limits: limits, registry: registry, readiness: readiness,
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        onListening: { continuation.yield($0) }
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await server.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await group.waitForAll()
            throw ServerDidNotStart()
        }
        let result = try await body(port)
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

struct ServerDidNotStart: Error {}
