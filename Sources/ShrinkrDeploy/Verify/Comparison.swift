/// Compares what Git says with what AWS shows. Pure: everything was looked up before.
struct Comparison: Sendable {
    let desired: DesiredState
    let observed: Observation

    /// All comparisons that there are to make, in the order of ``Check``.
    var results: [CheckResult] {
        var ofStack = [gitSync, stackStatus, stackTemplate, stackParameters]
        if !desired.storedParameters.isEmpty { ofStack.append(storedParameters) }
        guard desired.image != nil else { return ofStack }
        return ofStack + [
            serviceTaskDefinition, taskDefinitionImage, deployments, runningTasks, newestDeployment, imageDigests,
        ]
    }

    /// What the stack's status means, where it was seen.
    var stackState: StackState? {
        observed.stack.value.map { $0.map { StackState($0.status) } ?? .absent }
    }

    /// Whether the service is on its way from one state to another.
    var isRolling: Bool {
        guard let service = observed.service.value ?? nil else { return stackState == .moving }
        let isDeploying = service.deployments?.contains { $0.rolloutState == "IN_PROGRESS" } ?? false
        let isUnderWay = ["PENDING", "IN_PROGRESS"].contains((observed.newestDeployment.value ?? nil)?.status)
        return stackState == .moving || isDeploying || isUnderWay || (service.deployments?.count ?? 0) > 1
    }

    /// A difference that is drift, unless the stack is on its way.
    func difference(_ check: Check, _ detail: String) -> CheckResult {
        stackState == .moving ? .rolling(check, detail) : .drift(check, detail)
    }

    /// A difference that is drift, unless the service is on its way.
    func differenceInService(_ check: Check, _ detail: String) -> CheckResult {
        isRolling ? .rolling(check, detail) : .drift(check, detail)
    }

    /// A failed deployment is drift, unless the stack is on its way: it may be one from before.
    func failedDeployment(_ check: Check, _ detail: String, of deployment: String) -> CheckResult {
        stackState == .moving ? .rolling(check, detail) : .drift(check, detail, failure: deployment)
    }
}

/// What a stack's status means for a deployment.
enum StackState: Sendable, Hashable {
    /// The latest operation succeeded.
    case complete
    /// An operation is under way and has not failed.
    case moving
    /// The latest operation failed, and everything was put back as it was before.
    case rolledBack
    /// The latest operation failed; it is being put back, or that failed too.
    case failed
    /// The stack is being deleted, or was never made.
    case absent

    /// Reads a status (AWS CloudFormation user guide, "Stack status codes").
    init(_ status: String) {
        switch status {
        case "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE": self = .complete
        case "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_IN_PROGRESS":
            self = .moving
        case "UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE": self = .rolledBack
        case "REVIEW_IN_PROGRESS": self = .absent
        default: self = status.hasPrefix("DELETE_") ? .absent : .failed
        }
    }
}
