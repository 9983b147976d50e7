import Synchronization

/// Counts open connections up to a limit.
final class ConnectionCount: Sendable {
    private let limit: Int
    private let open = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Counts one more connection, or returns false when the limit is reached.
    func enter() -> Bool {
        guard open.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    /// One connection less.
    func leave() {
        open.wrappingSubtract(1, ordering: .relaxed)
    }
}
