/// One of the things that are compared.
package enum Check: String, Sendable, CaseIterable {
    case deploymentFile = "deployment_file"
    case gitSync = "git_sync"
    case stackStatus = "stack_status"
    case stackTemplate = "stack_template"
    case stackParameters = "stack_parameters"
    case storedParameters = "stored_parameters"
    case serviceTaskDefinition = "service_task_definition"
    case taskDefinitionImage = "task_definition_image"
    case deployments
    case runningTasks = "running_tasks"
    case newestDeployment = "newest_deployment"
    case imageDigests = "image_digests"

    /// The name that a person reads.
    var title: String { rawValue.split(separator: "_").joined(separator: " ") }

    /// Whether the answer as a whole is certain without it. These tell why, or add proof to what others show; AWS forgets
    /// deployments, and not every stack has Git sync.
    var isSupporting: Bool { [.gitSync, .newestDeployment, .imageDigests].contains(self) }
}

/// What a comparison says.
package enum Verdict: String, Sendable, Hashable {
    /// What is there is what Git says.
    case ok
    /// It is not, and nothing is under way that would change that.
    case drift
    /// It is not yet.
    case rolling
    /// It could not be seen; never taken for agreement.
    case notChecked = "not checked"
}

/// A comparison and what it says.
package struct CheckResult: Sendable, Hashable {
    package let check: Check
    package let verdict: Verdict
    /// What was seen, in a sentence.
    package let detail: String
    /// Names the failed deployment, so that a new failure can be told from an old one.
    package var failure: String?
    /// Why nothing could be seen.
    package var unseen: Unseen.Kind?

    static func ok(_ check: Check, _ detail: String) -> CheckResult {
        CheckResult(check: check, verdict: .ok, detail: detail)
    }

    static func drift(_ check: Check, _ detail: String, failure: String? = nil) -> CheckResult {
        CheckResult(check: check, verdict: .drift, detail: detail, failure: failure)
    }

    static func rolling(_ check: Check, _ detail: String) -> CheckResult {
        CheckResult(check: check, verdict: .rolling, detail: detail)
    }

    static func notChecked(_ check: Check, _ unseen: Unseen) -> CheckResult {
        CheckResult(check: check, verdict: .notChecked, detail: unseen.reason, unseen: unseen.kind)
    }

    /// Whether it leaves the answer as a whole open.
    var leavesOpen: Bool {
        switch unseen {
        case nil: false
        case .unavailable: !check.isSupporting
        case .denied, .failed: check != .gitSync
        }
    }
}
