import ServiceLifecycle
import ShrinkrObservability

/// The first to stop: says "not ready" before the listener closes, so that load balancers send new requests elsewhere.
struct DrainSignal: Service {
    private let readiness: Readiness
    private let delay: Duration

    /// - Parameter delay: Time for load balancers to notice.
    init(readiness: Readiness, delay: Duration) {
        self.readiness = readiness
        self.delay = delay
    }

    func run() async throws {
        try await gracefulShutdown()
        readiness.beginDraining()
        try await Task.sleep(for: delay)
    }
}
