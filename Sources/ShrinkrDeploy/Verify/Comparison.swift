import AWSCloudFormation
import AWSECS

/// Compares what Git says with what AWS shows. Pure: everything was looked up before.
struct Comparison: Sendable {
    let desired: DesiredState
    let observed: Observation

    /// All comparisons that there are to make, in the order of ``Check``.
    var results: [CheckResult] {
        let ofStack = [stackStatus, stackParameters, gitSync]
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
