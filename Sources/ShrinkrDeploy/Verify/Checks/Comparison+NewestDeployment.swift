extension Comparison {
    /// The service's newest deployment succeeded; else why not.
    ///
    /// One that was rolled back to just what Git says, because the change was taken back there too, is in order.
    var newestDeployment: CheckResult {
        let check = Check.newestDeployment
        switch observed.newestDeployment {
        case .unseen(let unseen):
            return .notChecked(check, unseen)
        case .seen(nil):
            return .notChecked(check, Unseen(.unavailable, "ECS lists no deployment"))
        case .seen(.some(let deployment)):
            switch deployment.status {
            case "SUCCESSFUL": return .ok(check, deployment.status)
            case "PENDING", "IN_PROGRESS": return .rolling(check, deployment.status)
            case "ROLLBACK_SUCCESSFUL" where runsWhatGitSays:
                return .ok(check, "\(Self.story(of: deployment)); what it went back to is what Git says")
            default:
                return failedDeployment(check, Self.story(of: deployment), of: deployment.serviceDeploymentArn)
            }
        }
    }

    private var runsWhatGitSays: Bool {
        [stackParameters, serviceTaskDefinition, taskDefinitionImage].allSatisfy { $0.verdict == .ok }
    }

    private static func story(of deployment: ECSServiceDeployment) -> String {
        var parts = [deployment.statusReason, deployment.rollback?.reason].compactMap(\.self)
        if let breaker = deployment.deploymentCircuitBreaker, breaker.status == "TRIGGERED" {
            let count = breaker.failureCount.map { "\($0)" } ?? "?"
            let threshold = breaker.threshold.map { "\($0)" } ?? "?"
            parts.append("the circuit breaker saw \(count) failures, its threshold is \(threshold)")
        }
        if let alarms = deployment.alarms?.triggeredAlarmNames, !alarms.isEmpty {
            parts.append("alarms: \(alarms.joined(separator: ", "))")
        }
        return parts.isEmpty ? deployment.status : "\(deployment.status): \(parts.joined(separator: "; "))"
    }
}
