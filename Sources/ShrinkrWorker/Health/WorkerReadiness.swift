import ShrinkrObservability

/// Says in the program's `Readiness` whether messages can be received, deleted and counted.
package struct WorkerReadiness: Sendable {
    /// The component that is not ready while messages can be received no more, or while none can be deleted.
    package static let queueComponent = "queue"
    /// The component that is not ready while clicks cannot be counted.
    package static let storeComponent = "store"

    private let readiness: Readiness

    /// - Parameter readiness: must have both components.
    init(_ readiness: Readiness) {
        self.readiness = readiness
    }

    func set(canReceive: Bool) {
        set(Self.queueComponent, part: "receive", isReady: canReceive, else: "messages cannot be received")
    }

    func set(canDelete: Bool) {
        set(Self.queueComponent, part: "delete", isReady: canDelete, else: "messages cannot be deleted")
    }

    func set(canCount: Bool) {
        set(Self.storeComponent, part: "count", isReady: canCount, else: "clicks cannot be counted")
    }

    private func set(_ component: String, part: String, isReady: Bool, else reason: String) {
        if isReady {
            readiness.markReady(component, part: part)
        } else {
            readiness.markNotReady(component, part: part, reason: reason)
        }
    }
}
