@testable import ShrinkrDeploy

/// A healthy deployment, and changes to it.
enum Scene {
    static let image = TemporaryGitops.image("a")
    static let revision = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shrinkr-api:7"
    static let olderRevision = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shrinkr-api:6"
    static let digest = "sha256:" + String(repeating: "d", count: 64)
    static let template = "Parameters: {}\nResources: {}\n"

    static let denied = Unseen(.denied, "no permission")
    static let unavailable = Unseen(.unavailable, "no such call")
    static let failed = Unseen(.failed, "timed out")

    static let desired = DesiredState(
        service: "api", stack: "shrinkr-api-devstg", image: try? ImageReference(parsing: image),
        parameters: ["Environment": "devstg", "ImageUri": image], defaults: ["Cluster": "/platform/cluster"],
        storedParameters: ["Cluster"], template: template)

    static func stack(
        _ status: String = "UPDATE_COMPLETE", parameters: [String: String] = desired.parameters,
        lastChange: String = "2026-11-22T20:00:00Z"
    ) -> CloudFormationStack {
        CloudFormationStack(
            id: "arn:stack", name: "shrinkr-api-devstg", status: status,
            parameters: parameters.merging(["Cpu": "256", "Cluster": "/platform/cluster"]) { $1 },
            resolvedParameters: ["Cluster": "shrinkr"], lastChange: lastChange)
    }

    static func service(
        runs revision: String = revision, running: Int = 2, pending: Int = 0, status: String = "ACTIVE",
        deployments: [ECSService.Deployment]? = [primary()]
    ) -> ECSService {
        ECSService(
            status: status, taskDefinition: revision, desiredCount: 2, runningCount: running, pendingCount: pending,
            deployments: deployments, events: [.init(message: "the scheduler's story")])
    }

    static func primary(_ state: String? = "COMPLETED", failedTasks: Int? = 0) -> ECSService.Deployment {
        .init(
            id: "ecs-svc/1", status: "PRIMARY", taskDefinition: revision, failedTasks: failedTasks, rolloutState: state,
            rolloutStateReason: "the rollout's reason")
    }

    static let active = ECSService.Deployment(
        id: "ecs-svc/0", status: "ACTIVE", taskDefinition: olderRevision, rolloutState: "COMPLETED")

    static func definition(_ image: String = image, status: String = "ACTIVE") -> ECSTaskDefinition {
        ECSTaskDefinition(
            taskDefinitionArn: revision, status: status,
            containerDefinitions: [.init(name: "router", image: "aws/router:1"), .init(name: "api", image: image)])
    }

    static func task(_ name: String, digest: String? = digest, status: String = "RUNNING") -> ECSTask {
        ECSTask(
            taskArn: name, lastStatus: status,
            containers: [
                .init(name: "router", image: "aws/router:1", imageDigest: "sha256:other"),
                .init(name: "api", image: image, imageDigest: digest),
            ])
    }

    static func healthy() -> Observation {
        var observed = Observation(stack: .seen(stack()))
        observed.template = .seen(template)
        observed.storedValues = .seen(["/platform/cluster": "shrinkr"])
        observed.gitSync = .seen(GitSyncAttempt(status: "SUCCEEDED", targetRevision: .init(sha: "0123456789abcdef")))
        observed.resources = .seen([
            CloudFormationResource(logicalID: "Service", physicalID: "arn:service", type: "AWS::ECS::Service"),
            CloudFormationResource(logicalID: "Task", physicalID: revision, type: "AWS::ECS::TaskDefinition"),
        ])
        observed.service = .seen(service())
        observed.taskDefinition = .seen(definition())
        observed.newestDeployment = .seen(ECSServiceDeployment(serviceDeploymentArn: "arn:d", status: "SUCCESSFUL"))
        observed.tasks = .seen([task("1"), task("2")])
        observed.image = .seen(ECRImage(digest: digest, isIndex: false))
        return observed
    }

    static func healthy(_ change: (inout Observation) -> Void) -> Observation {
        var observed = healthy()
        change(&observed)
        return observed
    }

    /// A healthy deployment of a deployment file: its template, and the template's defaults.
    static func healthy(as desired: DesiredState, _ change: (inout Observation) -> Void = { _ in }) -> Observation {
        healthy {
            $0.template = .seen(desired.template)
            $0.stack = .seen(stack(parameters: desired.parameters.merging(desired.defaults) { $1 }))
            change(&$0)
        }
    }

    static func verification(
        _ observed: Observation, _ desired: DesiredState = desired
    ) -> ServiceVerification {
        let results = Comparison(desired: desired, observed: observed).results
        return ServiceVerification(service: "api", stack: desired.stack, results: results)
    }

    static func environment(_ observed: Observation) -> EnvironmentVerification {
        EnvironmentVerification(environment: "devstg", services: [verification(observed)])
    }
}
