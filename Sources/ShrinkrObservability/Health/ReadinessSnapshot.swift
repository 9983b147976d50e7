/// What a ``Readiness`` says at one moment, fit for a load balancer and a person.
package struct ReadinessSnapshot: Equatable, Sendable {
    /// One part of the program.
    package struct Component: Equatable, Sendable {
        /// Its name, such as `store`.
        package var name: String
        /// Why it is not ready; nil when it is.
        package var reason: String?
    }

    /// Whether the program wants traffic.
    package var isReady: Bool
    /// Whether it is shutting down.
    package var isDraining: Bool
    /// All components in the order of their names.
    package var components: [Component]

    /// `{"status":"ready","components":{"store":{"status":"ready"}}}`. What is not ready has the status `not_ready`
    /// and a `reason`; a draining program says so in its own `reason`. A program that is ready although a component is
    /// not has the status `degraded`.
    package var json: [UInt8] {
        var json = JSONText()
        json.openObject()
        Self.append(status, reason: isDraining ? "draining" : nil, to: &json)
        json.key("components")
        json.openObject()
        for component in components {
            json.key(component.name)
            json.openObject()
            Self.append(component.reason == nil ? "ready" : "not_ready", reason: component.reason, to: &json)
            json.closeObject()
        }
        json.closeObject()
        json.closeObject()
        return json.bytes
    }

    private var status: String {
        guard isReady else { return "not_ready" }
        return components.allSatisfy { $0.reason == nil } ? "ready" : "degraded"
    }

    private static func append(_ status: String, reason: String?, to json: inout JSONText) {
        json.key("status")
        json.string(status)
        guard let reason else { return }
        json.key("reason")
        json.string(reason)
    }
}
