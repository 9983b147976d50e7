/// What was found out of one deployment file, its stack and its service.
package struct ServiceVerification: Sendable, Hashable {
    package let service: String
    package let stack: String
    package let results: [CheckResult]

    package init(service: String, stack: String, results: [CheckResult]) {
        self.service = service
        self.stack = stack
        self.results = results
    }

    /// The answer for this service.
    package var outcome: Outcome {
        if results.contains(where: { $0.verdict == .drift }) { return .drift }
        if results.contains(where: { $0.verdict == .rolling }) { return .rolling }
        return results.contains(where: \.leavesOpen) ? .cannotTell : .inSync
    }

    /// The failed deployments that were found.
    var failures: Set<String> { Set(results.compactMap(\.failure)) }

    /// The results that decide the outcome, in a line.
    var summary: String {
        let deciding = results.filter { result in
            switch outcome {
            case .inSync: false
            case .drift: result.verdict == .drift
            case .rolling: result.verdict == .rolling
            case .cannotTell: result.leavesOpen
            }
        }
        let story = deciding.map { "\($0.check.title): \($0.detail)" }.joined(separator: "; ")
        return story.isEmpty ? "\(service): \(outcome)" : "\(service): \(outcome): \(story)"
    }
}

/// The answer as a whole.
package enum Outcome: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case inSync = "in sync"
    case cannotTell = "cannot tell"
    case rolling = "still rolling"
    case drift

    package var description: String { rawValue }

    /// The exit code of `verify`.
    package var exitCode: Int32 {
        switch self {
        case .inSync: 0
        case .drift: 1
        case .rolling: 2
        case .cannotTell: 3
        }
    }
}

/// What was found out of an environment at one moment.
package struct EnvironmentVerification: Sendable, Hashable {
    package let environment: String
    package let services: [ServiceVerification]

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
