import ServiceLifecycle
import ShrinkrObservability

/// The first to stop: says "not ready" before the listener closes, so that load balancers send new requests elsewhere.
struct DrainSignal: Service {
    private let readiness: Readiness
    private let state: DrainState
    private let delay: Duration

    /// - Parameters:
    ///   - state: What the connections look at.
    ///   - delay: Time for load balancers to notice.
    init(readiness: Readiness, state: DrainState, delay: Duration) {
        self.readiness = readiness
        self.state = state
        self.delay = delay
    }

    func run() async throws {
        try await gracefulShutdown()
        readiness.beginDraining()
        state.begin()
        try await Task.sleep(for: delay)
    }
}
