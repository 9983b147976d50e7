extension Comparison {
    /// The service runs the revision that its stack made. After a rollback of the circuit breaker it runs an older one,
    /// whatever the stack's status says.
    var serviceTaskDefinition: CheckResult {
        let check = Check.serviceTaskDefinition
        let revisions: [String]
        switch observed.resources {
        case .unseen(let unseen): return .notChecked(check, unseen)
        case .seen(let resources):
            revisions = resources.filter { $0.type == "AWS::ECS::TaskDefinition" }.map(\.physicalID)
            guard resources.contains(where: { $0.type == "AWS::ECS::Service" }) else {
                return difference(check, "the stack has no service")
            }
        }
        return withService(check) { service in
            guard revisions.contains(service.taskDefinition) else {
                let made = revisions.map(Self.name).joined(separator: ", ")
                return difference(
                    check, "the service runs \(Self.name(service.taskDefinition)); the stack made \(made)")
            }
            return .ok(check, Self.name(service.taskDefinition))
        }
    }

    /// The revision that the service runs is active and has the image that Git says.
    var taskDefinitionImage: CheckResult {
        let check = Check.taskDefinitionImage
        guard let image = desired.image else { return .ok(check, "") }
        switch observed.taskDefinition {
        case .unseen(let unseen):
            return .notChecked(check, unseen)
        case .seen(let definition):
            let images = definition.containerDefinitions.map(\.image)
            guard images.contains(image.description) else {
                return difference(check, "the service runs \(images.joined(separator: ", ")); Git says \(image)")
            }
            let others = images.filter { $0 != image.description && Self.repository($0) == image.repository }
            guard others.isEmpty else {
                return difference(check, "the service runs \(others.joined(separator: ", ")) as well")
            }
            guard definition.status == "ACTIVE" else {
                return difference(check, "\(Self.name(definition.taskDefinitionArn)) is \(definition.status)")
            }
            return .ok(check, image.description)
        }
    }

    /// Exactly one deployment is there, and it is complete.
    var deployments: CheckResult {
        let check = Check.deployments
        return withService(check) { service in
            guard service.status == "ACTIVE" else { return .drift(check, "the service is \(service.status)") }
            let deployments = service.deployments ?? []
            guard let primary = deployments.first(where: { $0.status == "PRIMARY" }) else {
                return differenceInService(check, "there is no primary deployment")
            }
            if primary.rolloutState == "FAILED" {
                let reason = primary.rolloutStateReason ?? "ECS gave no reason"
                return failedDeployment(check, "the primary deployment FAILED: \(reason)", of: primary.id)
            }
            let failed = primary.failedTasks ?? 0
            let story = failed > 0 ? "; failed tasks in a row: \(failed)" : ""
            if deployments.count > 1 || primary.rolloutState == "IN_PROGRESS" {
                let count = deployments.count == 1 ? "one" : "\(deployments.count), the primary one"
                return .rolling(check, "\(count) \(primary.rolloutState ?? "under way")\(story)")
            }
            let state = "one \(primary.rolloutState ?? "without a rollout state")\(story)"
            return failed > 0 ? .drift(check, state) : .ok(check, state)
        }
    }

    /// As many tasks run as are desired.
    var runningTasks: CheckResult {
        let check = Check.runningTasks
        return withService(check) { service in
            let detail = "\(service.runningCount) of \(service.desiredCount)"
            if service.runningCount == service.desiredCount { return .ok(check, detail) }
            let story = service.events?.first.map { "; \($0.message)" } ?? ""
            let isChanging = service.pendingCount > 0 || service.runningCount > service.desiredCount
            let full = "\(detail), \(service.pendingCount) pending\(story)"
            return isChanging ? .rolling(check, full) : differenceInService(check, full)
        }
    }

    func withService(_ check: Check, _ judge: (ECSService) -> CheckResult) -> CheckResult {
        switch observed.service {
        case .unseen(let unseen): .notChecked(check, unseen)
        case .seen(nil): difference(check, "ECS has no such service")
        case .seen(.some(let service)): judge(service)
        }
    }

    /// The last part of an ARN: `family:revision`.
    static func name(_ arn: String) -> String {
        arn.split(separator: "/").last.map(String.init) ?? arn
    }

    /// The repository of an image, whatever its tag.
    private static func repository(_ image: String) -> String {
        let path = image.split(separator: "/", maxSplits: 1).last ?? ""
        return String(path.prefix { $0 != ":" && $0 != "@" })
    }
}
