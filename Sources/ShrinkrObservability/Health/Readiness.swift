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

    private enum Component: Equatable {
        case starting
        case ready
        case notReady(reason: String)
    }

    private struct State {
        var components: [String: Component]
        var isDraining = false
    }

    private let state: Mutex<State>
    private let degrading: Set<String>

    /// Names all components, at most ``maximumComponents`` (a precondition): so none can be forgotten while it has not
    /// started yet.
    ///
    /// - Parameters:
    ///   - components: those without which the program wants no traffic.
    ///   - degrading: those without which it does its work less well.
    package init(components: [String], degrading: [String] = []) {
        let starting = (components + degrading).map { ($0, Component.starting) }
        let components = Dictionary(starting, uniquingKeysWith: { first, _ in first })
        precondition(components.count <= Self.maximumComponents, "a program has too many components")
        state = Mutex(State(components: components))
        self.degrading = Set(degrading)
    }

    /// Marks a component as ready. An unknown name is a programming error: ignored, and caught in debug builds.
    package func markReady(_ component: String) {
        update(component, to: .ready)
    }

    /// Marks a component as not ready. The same rule for unknown names as ``markReady(_:)``.
    /// - Parameter reason: a few words without secrets; anybody who reaches the admin port reads them.
    package func markNotReady(_ component: String, reason: String) {
        update(component, to: .notReady(reason: String(reason.prefix(Self.maximumReasonCharacters))))
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
        state.withLock { isReady($0) && !$0.components.values.allSatisfy { $0 == .ready } }
    }

    /// The whole picture at this moment.
    package var snapshot: ReadinessSnapshot {
        state.withLock { state in
            let components = state.components.sorted { $0.key < $1.key }.map { name, component in
                switch component {
                case .starting: ReadinessSnapshot.Component(name: name, reason: "starting")
                case .ready: ReadinessSnapshot.Component(name: name, reason: nil)
                case .notReady(let reason): ReadinessSnapshot.Component(name: name, reason: reason)
                }
            }
            return ReadinessSnapshot(
                isReady: isReady(state), isDraining: state.isDraining, components: components)
        }
    }

    private func isReady(_ state: State) -> Bool {
        !state.isDraining && !state.components.isEmpty
            && state.components.allSatisfy { name, component in
                component == .ready || component != .starting && degrading.contains(name)
            }
    }

    private func update(_ name: String, to component: Component) {
        let isKnown = state.withLock { state in
            guard state.components[name] != nil else { return false }
            state.components[name] = component
            return true
        }
        assert(isKnown, "unknown component")
    }
}
