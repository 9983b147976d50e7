/// Decides whether to look again. Pure.
///
/// Drift is waited for too: after a merge, Git sync needs its time to begin. But a deployment that failed since the first
/// look ends the wait: nothing better comes by itself.
struct WaitRule: Sendable {
    /// The longest wait; zero looks once.
    let limit: Duration
    private var failuresAtFirst: Set<String>?

    init(limit: Duration) {
        self.limit = limit
    }

    /// Whether to look again after this look.
    mutating func looksAgain(after look: EnvironmentVerification, elapsed: Duration) -> Bool {
        let known = failuresAtFirst ?? look.failures
        failuresAtFirst = known
        guard elapsed < limit else { return false }
        switch look.outcome {
        case .inSync: return false
        case .rolling: return true
        case .drift: return look.failures.subtracting(known).isEmpty
        case .cannotTell: return look.mayBeSeenLater
        }
    }
}
