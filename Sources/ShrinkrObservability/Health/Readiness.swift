import Synchronization

/// Whether the program should get traffic: the sum of its named components, until it starts to drain.
///
/// Every component starts not ready, for the reason `starting`. The program is ready when it has components, all of
/// them are ready, and ``beginDraining()`` has not been called. A component that only degrades the program must have
/// started as well, but when it fails later, traffic is still wanted: taking every task out of service because all
/// their disks are full would turn lost statistics into lost redirects. Reads and changes take a short lock.
package final class Readiness: Sendable {
    /// Components one program may have.
    package static let maximumComponents = 32
    /// A reason, in characters; the rest is cut off.
    package static let maximumReasonCharacters = 200

    private struct Component {
        /// Whether anybody has reported on it.
        var hasStarted = false
        /// Why it is not ready, by the part that says so.
        var faults: [String: String] = [:]  // text: names of our components.

        var isReady: Bool { hasStarted && faults.isEmpty }

        /// Why it is not ready, in the order of the parts' names; nil where it is.
        var reason: String? {
            guard hasStarted else { return "starting" }
            return isReady ? nil : faults.sorted { $0.key < $1.key }.map(\.value).joined(separator: "; ")
        }
    }

    private struct State {
        var components: [String: Component]  // text: names of our components.
        var isDraining = false
    }

    private let state: Mutex<State>
    private let degrading: Set<String>  // text: names of our components.
    /// Why only a program that is started anew can go on for long; nil while this one can.
    let restartReason: @Sendable () -> String?

    /// Names all components, at most ``maximumComponents`` (a precondition): so none can be forgotten while it has not
    /// started yet.
    ///
    /// - Parameters:
    ///   - components: those without which the program wants no traffic.
    ///   - degrading: those without which it does its work less well.
    ///   - restartReason: asked at every look at `/livez`: why only a program that is started anew can go on for long, in
    ///     a few words without secrets; nil while this one can.
    package init(
        components: [String], degrading: [String] = [], restartReason: @escaping @Sendable () -> String? = { nil }
    ) {
        self.restartReason = restartReason
        let starting = (components + degrading).map { ($0, Component()) }
        let components = Dictionary(starting, uniquingKeysWith: { first, _ in first })
        precondition(components.count <= Self.maximumComponents, "a program has too many components")
        state = Mutex(State(components: components))
        self.degrading = Set(degrading)
    }

    /// Marks a component as ready. An unknown name is a programming error: ignored, and caught in debug builds.
    ///
    /// - Parameter part: who says so, where several parts of the program report on one component, such as the two ends
    ///   of a queue: it is ready when none of them has a fault to report.
    package func markReady(_ component: String, part: String = "") {
        update(component) { $0.faults[part] = nil }
    }

    /// Marks a component as not ready. The same rule for unknown names as ``markReady(_:part:)``.
    /// - Parameters:
    ///   - part: who says so; only the same part takes it back.
    ///   - reason: a few words without secrets; anybody who reaches the admin port reads them.
    package func markNotReady(_ component: String, part: String = "", reason: String) {
        update(component) { $0.faults[part] = String(reason.prefix(Self.maximumReasonCharacters)) }
    }

    /// Makes the program not ready for good, whatever its components say. The first step of a shutdown.
    package func beginDraining() {
        state.withLock { $0.isDraining = true }
    }

    /// Whether the program wants traffic now.
    package var isReady: Bool {
        state.withLock { isReady($0) }
    }

    /// Whether the program wants traffic although a component fails.
    package var isDegraded: Bool {
        state.withLock { isReady($0) && !$0.components.values.allSatisfy(\.isReady) }
    }

    /// The whole picture at this moment.
    package var snapshot: ReadinessSnapshot {
        state.withLock { state in
            let components = state.components.sorted { $0.key < $1.key }.map { name, component in
                ReadinessSnapshot.Component(name: name, reason: component.reason)
            }
            return ReadinessSnapshot(
                isReady: isReady(state), isDraining: state.isDraining, components: components)
        }
    }

    private func isReady(_ state: State) -> Bool {
        !state.isDraining && !state.components.isEmpty
            && state.components.allSatisfy { name, component in
                component.isReady || component.hasStarted && degrading.contains(name)
            }
    }

    private func update(_ name: String, _ change: (inout Component) -> Void) {
        let isKnown = state.withLock { state in
            guard var component = state.components[name] else { return false }
            component.hasStarted = true
            change(&component)
            state.components[name] = component
            return true
        }
        assert(isKnown, "unknown component")
    }
}
