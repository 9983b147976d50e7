/// What was found out of an environment at one moment.
package struct EnvironmentVerification: Sendable, Hashable {
    package let environment: String
    package let services: [ServiceVerification]

    /// Makes a verification.
    package init(environment: String, services: [ServiceVerification]) {
        self.environment = environment
        self.services = services
    }

    /// The answer: any drift is drift, else what still rolls is waited for, else what is hidden decides.
    package var outcome: Outcome {
        let outcomes = services.map(\.outcome)
        return [Outcome.drift, .rolling, .cannotTell].first(where: outcomes.contains) ?? .inSync
    }

    /// The failed deployments that were found.
    var failures: Set<String> { services.reduce(into: []) { $0.formUnion($1.failures) } }

    /// Whether looking again can change the answer, although nothing rolls and nothing drifts.
    var mayBeSeenLater: Bool {
        services.contains { $0.results.contains { $0.leavesOpen && $0.unseen == .failed } }
    }
}
