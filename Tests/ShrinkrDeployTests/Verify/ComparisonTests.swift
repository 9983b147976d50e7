import Testing

@testable import ShrinkrDeploy

/// A change to a healthy deployment, what one check says of it, and the answer as a whole.
struct Sight: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: Check
    let verdict: Verdict
    let detail: String
    let outcome: Outcome
    let observed: Observation

    init(
        _ name: String, _ check: Check, _ verdict: Verdict, _ detail: String, _ outcome: Outcome,
        _ change: (inout Observation) -> Void
    ) {
        (testDescription, self.check, self.verdict, self.detail) = (name, check, verdict, detail)
        (self.outcome, observed) = (outcome, Scene.healthy(change))
    }

    /// A failed update that was put back; its root cause is the oldest event that is not a mere consequence.
    static func rollBack(_ observed: inout Observation, status: String = "UPDATE_ROLLBACK_COMPLETE") {
        observed.stack = .seen(Scene.stack(status, parameters: ["Environment": "devstg", "ImageUri": "old"]))
        observed.template = .seen(Scene.template)
        observed.events = .seen([
            CloudFormationEvent(logicalID: "stack", type: "S", status: status, isOfStack: true),
            CloudFormationEvent(
                logicalID: "Alarm", type: "A", status: "UPDATE_FAILED", reason: "Resource update cancelled"),
            CloudFormationEvent(
                logicalID: "Service", type: "AWS::ECS::Service", status: "UPDATE_FAILED",
                reason: "ECS Deployment Circuit Breaker was triggered"),
            CloudFormationEvent(
                logicalID: "Rule", type: "A", status: "CREATE_FAILED", reason: "Resource creation cancelled"),
        ])
    }
}

extension Sight {
    static let ofStack = [
        Sight("missing", .stackStatus, .drift, "there is no stack shrinkr-api-devstg", .drift) {
            $0 = Observation(stack: .seen(nil))
        },
        Sight("missing, for parameters", .stackParameters, .drift, "there is no stack", .drift) {
            $0 = Observation(stack: .seen(nil))
        },
        Sight("created", .stackStatus, .ok, "CREATE_COMPLETE", .inSync) {
            $0.stack = .seen(Scene.stack("CREATE_COMPLETE"))
        },
        Sight("updating", .stackStatus, .rolling, "UPDATE_IN_PROGRESS", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
        },
        Sight("cleaning up", .stackStatus, .rolling, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
        },
        Sight(
            "rolled back", .stackStatus, .drift,
            "UPDATE_ROLLBACK_COMPLETE: Service: ECS Deployment Circuit Breaker was triggered", .drift
        ) { rollBack(&$0) },
        Sight("rolling back", .stackStatus, .drift, "UPDATE_ROLLBACK_IN_PROGRESS: Service: ECS", .drift) {
            rollBack(&$0, status: "UPDATE_ROLLBACK_IN_PROGRESS")
        },
        Sight("stuck", .stackStatus, .drift, "UPDATE_ROLLBACK_FAILED: Service: ECS", .drift) {
            rollBack(&$0, status: "UPDATE_ROLLBACK_FAILED")
        },
        Sight("never made", .stackStatus, .drift, "ROLLBACK_COMPLETE: CloudFormation gave no reason", .drift) {
            $0.stack = .seen(Scene.stack("ROLLBACK_COMPLETE"))
            $0.events = .seen([])
        },
        Sight("events hidden", .stackStatus, .drift, "its events cannot be read, no permission", .drift) {
            rollBack(&$0)
            $0.events = .unseen(Scene.denied)
        },
        Sight("rolled back, and Git too", .stackStatus, .ok, "the stack has the template and the parameters", .inSync) {
            rollBack(&$0)
            $0.stack = .seen(Scene.stack("UPDATE_ROLLBACK_COMPLETE"))
            $0.template = .seen(Scene.template.replacing("\n", with: "\r\n") + "\n")
        },
        Sight("rolled back, template still in Git", .stackStatus, .drift, "UPDATE_ROLLBACK_COMPLETE", .drift) {
            rollBack(&$0)
            $0.stack = .seen(Scene.stack("UPDATE_ROLLBACK_COMPLETE"))
            $0.template = .seen("Parameters: {}\nResources: {A: {}}\n")
        },
        Sight("rolled back, template hidden", .stackStatus, .drift, "UPDATE_ROLLBACK_COMPLETE", .drift) {
            rollBack(&$0)
            $0.stack = .seen(Scene.stack("UPDATE_ROLLBACK_COMPLETE"))
            $0.template = .unseen(Scene.denied)
        },
        Sight("not begun", .stackStatus, .drift, "REVIEW_IN_PROGRESS", .drift) {
            $0.stack = .seen(Scene.stack("REVIEW_IN_PROGRESS"))
        },
        Sight("going away", .stackStatus, .drift, "DELETE_IN_PROGRESS", .drift) {
            $0.stack = .seen(Scene.stack("DELETE_IN_PROGRESS"))
        },
        Sight("in a state of the future", .stackStatus, .drift, "X_COMPLETE", .drift) {
            $0.stack = .seen(Scene.stack("X_COMPLETE"))
            $0.events = .seen([])
        },
        Sight("hidden", .stackStatus, .notChecked, "no permission", .cannotTell) {
            $0 = Observation(stack: .unseen(Scene.denied))
        },
        Sight("hidden, for parameters", .stackParameters, .notChecked, "the stack is hidden", .cannotTell) {
            $0 = Observation(stack: .unseen(Scene.failed))
        },
        Sight("with another image", .stackParameters, .drift, "ImageUri is 'old'; Git says '", .drift) {
            $0.stack = .seen(Scene.stack(parameters: ["Environment": "devstg", "ImageUri": "old"]))
        },
        Sight("a shell", .stackParameters, .drift, "Environment is not set; Git says 'devstg'; ImageUri is not", .drift)
        {
            $0.stack = .seen(Scene.stack("CREATE_COMPLETE", parameters: [:]))
        },
        Sight("on its way to other parameters", .stackParameters, .rolling, "ImageUri is 'old'", .rolling) {
            $0.stack = .seen(
                Scene.stack("UPDATE_IN_PROGRESS", parameters: ["Environment": "devstg", "ImageUri": "old"]))
        },
    ]

    static let ofTemplates = [
        Sight("as in Git", .stackTemplate, .ok, "SHA-256 ", .inSync) { _ in },
        Sight("in another form", .stackTemplate, .ok, "SHA-256 ", .inSync) {
            $0.template = .seen("# a remark\r\nDescription: A\r\nResources: {}\r\nParameters: {}\r\n")
        },
        Sight("not applied yet, or changed by hand", .stackTemplate, .drift, ": Resources, Resources.A", .drift) {
            $0.template = .seen("Parameters: {}\nResources: {A: {}}\n")
        },
        Sight("shorter", .stackTemplate, .drift, ": Resources", .drift) {
            $0.template = .seen("Parameters: {}\n")
        },
        Sight("on its way", .stackTemplate, .rolling, ": Parameters", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
            $0.template = .seen("Resources: {}\n")
        },
        Sight("hidden", .stackTemplate, .notChecked, "no permission", .cannotTell) {
            $0.template = .unseen(Scene.denied)
        },
        Sight("of a stack that is missing", .stackTemplate, .drift, "there is no stack", .drift) {
            $0 = Observation(stack: .seen(nil))
        },
    ]

    static let ofStoredParameters = [
        Sight("as in Parameter Store", .storedParameters, .ok, "1 as in Parameter Store", .inSync) { _ in },
        Sight("changed since", .storedParameters, .drift, "was 'shrinkr' at the last update, and is 'x' by", .drift) {
            $0.storedValues = .seen(["/platform/cluster": "x"])
        },
        Sight("gone", .storedParameters, .drift, "Parameter Store has no /platform/cluster", .drift) {
            $0.storedValues = .seen([:])
        },
        Sight("on its way", .storedParameters, .rolling, "is 'x' by now", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
            $0.storedValues = .seen(["/platform/cluster": "x"])
        },
        Sight("hidden", .storedParameters, .notChecked, "no permission", .cannotTell) {
            $0.storedValues = .unseen(Scene.denied)
        },
        Sight("of a hidden stack", .storedParameters, .notChecked, "the stack is hidden", .cannotTell) {
            $0 = Observation(stack: .unseen(Scene.denied))
        },
        Sight("of a stack that is missing", .storedParameters, .drift, "there is no stack", .drift) {
            $0 = Observation(stack: .seen(nil))
        },
    ]

    static let ofGitSync = [
        Sight("in order", .gitSync, .ok, "SUCCEEDED of 0123456789ab", .inSync) { _ in },
        Sight("begun", .gitSync, .rolling, "INITIATED", .rolling) { $0.gitSync = .seen(.init(status: "INITIATED")) },
        Sight("under way", .gitSync, .rolling, "IN_PROGRESS", .rolling) {
            $0.gitSync = .seen(.init(status: "IN_PROGRESS"))
        },
        Sight("failed", .gitSync, .drift, "FAILED: Template format error; more", .drift) {
            $0.gitSync = .seen(
                .init(status: "FAILED", events: [.init(event: "Template format error"), .init(event: "more")]))
        },
        Sight("without anything to do", .gitSync, .ok, "nothing to do", .inSync) {
            let event = GitSyncAttempt.Event(event: "The submitted information didn't contain changes.")
            $0.gitSync = .seen(.init(status: "FAILED", events: [event]))
        },
        Sight("not there", .gitSync, .notChecked, "the stack has no Git sync", .inSync) { $0.gitSync = .seen(nil) },
        Sight("hidden", .gitSync, .notChecked, "no permission", .inSync) { $0.gitSync = .unseen(Scene.denied) },
        Sight("unreachable", .gitSync, .notChecked, "timed out", .inSync) { $0.gitSync = .unseen(Scene.failed) },
    ]

    static let ofTaskDefinitions = [
        Sight("in order", .serviceTaskDefinition, .ok, "shrinkr-api:7", .inSync) { _ in },
        Sight(
            "silently rolled back", .serviceTaskDefinition, .drift,
            "the service runs shrinkr-api:6; the stack made shrinkr-api:7", .drift
        ) { $0.service = .seen(Scene.service(runs: Scene.olderRevision)) },
        Sight("not yet updated", .serviceTaskDefinition, .rolling, "the service runs shrinkr-api:6", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
            $0.service = .seen(Scene.service(runs: Scene.olderRevision))
        },
        Sight("beside another one", .serviceTaskDefinition, .ok, "shrinkr-api:7", .inSync) {
            let migration = CloudFormationResource(
                logicalID: "Migration", physicalID: "arn:m:1", type: "AWS::ECS::TaskDefinition")
            $0.resources = .seen([migration] + ($0.resources.value ?? []))
        },
        Sight("of a stack without a service", .serviceTaskDefinition, .drift, "the stack has no service", .drift) {
            $0.resources = .seen([])
            $0.service = .unobserved
        },
        Sight("of a service that is gone", .serviceTaskDefinition, .drift, "ECS has no such service", .drift) {
            $0.service = .seen(nil)
            $0.taskDefinition = .unobserved
        },
        Sight("of hidden resources", .serviceTaskDefinition, .notChecked, "no permission", .cannotTell) {
            $0.resources = .unseen(Scene.denied)
        },
        Sight("of a hidden service", .serviceTaskDefinition, .notChecked, "no such call", .cannotTell) {
            $0.service = .unseen(Scene.unavailable)
        },
        Sight("with the image", .taskDefinitionImage, .ok, Scene.image, .inSync) { _ in },
        Sight("with another image", .taskDefinitionImage, .drift, "aws/router:1, other; Git says", .drift) {
            $0.taskDefinition = .seen(Scene.definition("other"))
        },
        Sight("with another image for now", .taskDefinitionImage, .rolling, "Git says", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
            $0.taskDefinition = .seen(Scene.definition("other"))
        },
        Sight("with two of our images", .taskDefinitionImage, .drift, "\(TemporaryGitops.image("b")) as well", .drift) {
            let containers = [Scene.image, TemporaryGitops.image("b")].map {
                ECSTaskDefinition.Container(name: $0, image: $0)
            }
            $0.taskDefinition = .seen(.init(taskDefinitionArn: Scene.revision, containerDefinitions: containers))
        },
        Sight("deregistered", .taskDefinitionImage, .drift, "shrinkr-api:7 is INACTIVE", .drift) {
            $0.taskDefinition = .seen(Scene.definition(status: "INACTIVE"))
        },
        Sight("hidden", .taskDefinitionImage, .notChecked, "no permission", .cannotTell) {
            $0.taskDefinition = .unseen(Scene.denied)
        },
    ]

    static let ofService = [
        Sight("one deployment", .deployments, .ok, "one COMPLETED", .inSync) { _ in },
        Sight("one without a rollout state", .deployments, .ok, "one without a rollout state", .inSync) {
            $0.service = .seen(Scene.service(deployments: [Scene.primary(nil)]))
        },
        Sight("two deployments", .deployments, .rolling, "2, the primary one COMPLETED", .rolling) {
            $0.service = .seen(Scene.service(deployments: [Scene.primary(), Scene.active]))
        },
        Sight("under way", .deployments, .rolling, "one IN_PROGRESS; failed tasks in a row: 2", .rolling) {
            $0.service = .seen(Scene.service(deployments: [Scene.primary("IN_PROGRESS", failedTasks: 2)]))
        },
        Sight("failed tasks", .deployments, .drift, "one COMPLETED; failed tasks in a row: 1", .drift) {
            $0.service = .seen(Scene.service(deployments: [Scene.primary(failedTasks: 1)]))
        },
        Sight("failed", .deployments, .drift, "FAILED: the rollout's reason", .drift) {
            $0.service = .seen(Scene.service(deployments: [Scene.primary("FAILED"), Scene.active]))
        },
        Sight("failed, while the stack goes on", .deployments, .rolling, "FAILED: the rollout's reason", .rolling) {
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
            $0.service = .seen(Scene.service(deployments: [Scene.primary("FAILED")]))
        },
        Sight("none", .deployments, .drift, "no primary deployment", .drift) {
            $0.service = .seen(Scene.service(deployments: []))
        },
        Sight("draining", .deployments, .drift, "the service is DRAINING", .drift) {
            $0.service = .seen(Scene.service(status: "DRAINING"))
        },
        Sight("as many tasks", .runningTasks, .ok, "2 of 2", .inSync) { _ in },
        Sight("too few tasks", .runningTasks, .drift, "1 of 2, 0 pending; the scheduler's story", .drift) {
            $0.service = .seen(Scene.service(running: 1))
        },
        Sight("a task that starts", .runningTasks, .rolling, "1 of 2, 1 pending", .rolling) {
            $0.service = .seen(Scene.service(running: 1, pending: 1))
        },
        Sight("too many tasks", .runningTasks, .rolling, "3 of 2", .rolling) {
            $0.service = .seen(Scene.service(running: 3))
        },
        Sight("too few tasks in a deployment", .runningTasks, .rolling, "1 of 2", .rolling) {
            $0.service = .seen(Scene.service(running: 1, deployments: [Scene.primary("IN_PROGRESS")]))
        },
        Sight("hidden", .runningTasks, .notChecked, "no permission", .cannotTell) {
            $0.service = .unseen(Scene.denied)
        },
    ]

    static let ofNewestDeployment = [
        Sight("in order", .newestDeployment, .ok, "SUCCESSFUL", .inSync) { _ in },
        Sight("waiting", .newestDeployment, .rolling, "PENDING", .rolling) { newest(&$0, "PENDING") },
        Sight("under way", .newestDeployment, .rolling, "IN_PROGRESS", .rolling) { newest(&$0, "IN_PROGRESS") },
        Sight(
            "rolled back by the breaker, unknown to the stack", .newestDeployment, .drift,
            "ROLLBACK_SUCCESSFUL: why; the circuit breaker saw 3 failures, its threshold is 3", .drift
        ) {
            newest(&$0, "ROLLBACK_SUCCESSFUL", breaker: .init(status: "TRIGGERED", failureCount: 3, threshold: 3))
            $0.service = .seen(Scene.service(runs: Scene.olderRevision))
        },
        Sight(
            "rolled back by alarms", .newestDeployment, .drift, "ROLLBACK_FAILED: why; alarms: p99, errors", .drift
        ) { newest(&$0, "ROLLBACK_FAILED", alarms: .init(triggeredAlarmNames: ["p99", "errors"])) },
        Sight("being rolled back", .newestDeployment, .drift, "ROLLBACK_IN_PROGRESS: why", .drift) {
            newest(&$0, "ROLLBACK_IN_PROGRESS")
        },
        Sight("stopped", .newestDeployment, .drift, "STOPPED: why", .drift) { newest(&$0, "STOPPED") },
        Sight("rolled back, as Git was", .newestDeployment, .ok, "what it went back to is what Git says", .inSync) {
            newest(&$0, "ROLLBACK_SUCCESSFUL")
        },
        Sight("rolled back, of before", .newestDeployment, .rolling, "ROLLBACK_FAILED: why", .rolling) {
            newest(&$0, "ROLLBACK_FAILED")
            $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS"))
        },
        Sight("forgotten", .newestDeployment, .notChecked, "ECS lists no deployment", .inSync) {
            $0.newestDeployment = .seen(nil)
        },
        Sight("of a server without them", .newestDeployment, .notChecked, "no such call", .inSync) {
            $0.newestDeployment = .unseen(Scene.unavailable)
        },
        Sight("hidden", .newestDeployment, .notChecked, "no permission", .cannotTell) {
            $0.newestDeployment = .unseen(Scene.denied)
        },
    ]

    static let ofDigests = [
        Sight("the registry's", .imageDigests, .ok, Scene.digest, .inSync) { _ in },
        Sight("another one", .imageDigests, .drift, "tasks run sha256:x; the registry has", .drift) {
            $0.tasks = .seen([Scene.task("1", digest: "sha256:x")])
        },
        Sight("one task's is another", .imageDigests, .drift, "tasks run sha256:ddd", .drift) {
            $0.tasks = .seen([Scene.task("1"), Scene.task("2", digest: "sha256:x")])
        },
        Sight("another one, of a deployment", .imageDigests, .rolling, "sha256:x", .rolling) {
            $0.tasks = .seen([Scene.task("1"), Scene.task("2", digest: "sha256:x")])
            $0.service = .seen(Scene.service(deployments: [Scene.primary(), Scene.active]))
        },
        Sight("another one, of a task that ends", .imageDigests, .ok, Scene.digest, .inSync) {
            $0.tasks = .seen([Scene.task("1"), Scene.task("2", digest: "sha256:x", status: "DEPROVISIONING")])
        },
        Sight("of no image in the registry", .imageDigests, .drift, "no new task could start", .drift) {
            $0.image = .seen(nil)
        },
        Sight("a list's own", .imageDigests, .ok, Scene.digest, .inSync) {
            $0.image = .seen(ECRImage(digest: Scene.digest, isIndex: true))
        },
        Sight("a list's platform's", .imageDigests, .ok, "sha256:list, a list", .inSync) {
            $0.image = .seen(ECRImage(digest: "sha256:list", isIndex: true))
            $0.platformDigests = .seen(["sha256:arm", Scene.digest])
        },
        Sight("on no list", .imageDigests, .drift, "the registry has sha256:list", .drift) {
            $0.image = .seen(ECRImage(digest: "sha256:list", isIndex: true))
            $0.platformDigests = .seen(["sha256:arm"])
        },
        Sight("perhaps on a hidden list", .imageDigests, .notChecked, "perhaps as a list: no permission", .cannotTell) {
            $0.image = .seen(ECRImage(digest: "sha256:list", isIndex: true))
            $0.platformDigests = .unseen(Scene.denied)
        },
        Sight("not told", .imageDigests, .notChecked, "ECS does not say what the tasks run", .inSync) {
            $0.tasks = .seen([Scene.task("1"), Scene.task("2", digest: nil)])
        },
        Sight("of no task", .imageDigests, .notChecked, "no task is running", .inSync) { $0.tasks = .seen([]) },
        Sight("of hidden tasks", .imageDigests, .notChecked, "no permission", .cannotTell) {
            $0.tasks = .unseen(Scene.denied)
        },
        Sight("of no image in the registry, while ECS tells nothing", .imageDigests, .drift, "no new task", .drift) {
            $0.image = .seen(nil)
            $0.tasks = .seen([])
        },
        Sight("of a hidden registry, while ECS tells nothing", .imageDigests, .notChecked, "no perm", .cannotTell) {
            $0.image = .unseen(Scene.denied)
            $0.tasks = .seen([])
        },
        Sight("of a hidden registry", .imageDigests, .notChecked, "no permission", .cannotTell) {
            $0.image = .unseen(Scene.denied)
        },
        Sight("of another registry", .imageDigests, .notChecked, "no such call", .inSync) {
            $0.image = .unseen(Scene.unavailable)
        },
    ]

    private static func newest(
        _ observed: inout Observation, _ status: String, breaker: ECSServiceDeployment.CircuitBreaker? = nil,
        alarms: ECSServiceDeployment.Alarms? = nil
    ) {
        observed.newestDeployment = .seen(
            ECSServiceDeployment(
                serviceDeploymentArn: "arn:d", status: status, rollback: .init(reason: "why"),
                deploymentCircuitBreaker: breaker, alarms: alarms))
    }
}

@Suite("Comparing Git and AWS") struct ComparisonTests {
    @Test("finds all in order")
    func healthy() {
        let verification = Scene.verification(Scene.healthy())
        #expect(verification.outcome == .inSync)
        #expect(verification.results.map(\.check) == Check.allCases.filter { $0 != .deploymentFile })
        #expect(verification.results.allSatisfy { $0.verdict == .ok })
    }

    @Test("says of stacks", arguments: Sight.ofStack) func stacks(_ sight: Sight) { check(sight) }
    @Test("says of templates", arguments: Sight.ofTemplates) func templates(_ sight: Sight) { check(sight) }
    @Test("says of Parameter Store", arguments: Sight.ofStoredParameters)
    func storedParameters(_ sight: Sight) { check(sight) }
    @Test("says of Git sync", arguments: Sight.ofGitSync) func gitSync(_ sight: Sight) { check(sight) }
    @Test("says of task definitions", arguments: Sight.ofTaskDefinitions)
    func taskDefinitions(_ sight: Sight) { check(sight) }
    @Test("says of services", arguments: Sight.ofService) func services(_ sight: Sight) { check(sight) }
    @Test("says of the newest deployment", arguments: Sight.ofNewestDeployment)
    func newestDeployment(_ sight: Sight) { check(sight) }
    @Test("says of digests", arguments: Sight.ofDigests) func digests(_ sight: Sight) { check(sight) }

    private func check(_ sight: Sight) {
        let verification = Scene.verification(sight.observed)
        let result = verification.results.first { $0.check == sight.check }
        #expect(result?.verdict == sight.verdict)
        #expect(result?.detail.contains(sight.detail) == true, "\(result?.detail ?? "")")
        #expect(verification.outcome == sight.outcome, "\(verification.summary)")
    }

    @Test("never says that all is in order where something is hidden")
    func hidden() {
        for unseen in [Scene.denied, Scene.failed] {
            let changes: [(inout Observation) -> Void] = [
                { $0.stack = .unseen(unseen) }, { $0.resources = .unseen(unseen) }, { $0.service = .unseen(unseen) },
                { $0.taskDefinition = .unseen(unseen) }, { $0.newestDeployment = .unseen(unseen) },
                { $0.tasks = .unseen(unseen) }, { $0.image = .unseen(unseen) },
            ]
            for change in changes {
                #expect(Scene.verification(Scene.healthy(change)).outcome == .cannotTell)
            }
        }
    }

    @Test("catches the silent rollback by several ways at once")
    func silentRollback() {
        let verification = Scene.verification(
            Scene.healthy {
                $0.service = .seen(Scene.service(runs: Scene.olderRevision))
                $0.taskDefinition = .seen(Scene.definition(TemporaryGitops.image("b")))
                $0.newestDeployment = .seen(.init(serviceDeploymentArn: "arn:d", status: "ROLLBACK_SUCCESSFUL"))
                $0.tasks = .seen([Scene.task("1", digest: "sha256:b")])
            })
        #expect(verification.results.first { $0.check == .stackStatus }?.verdict == .ok)
        let drifting = verification.results.filter { $0.verdict == .drift }.map(\.check)
        #expect(drifting == [.serviceTaskDefinition, .taskDefinitionImage, .newestDeployment])
        // Without a container that has the image, none of the tasks' digests can be ours.
        #expect(verification.results.last?.verdict == .notChecked)
        #expect(verification.failures == ["arn:d"])
    }

    @Test("looks at the stack alone where no image is deployed")
    func infra() {
        let infra = DesiredState(
            service: "infra", stack: "shrinkr-infra-devstg", image: nil, parameters: ["Environment": "devstg"],
            template: Scene.template)
        let verification = Scene.verification(Scene.healthy(), infra)
        #expect(verification.results.map(\.check) == [.gitSync, .stackStatus, .stackTemplate, .stackParameters])
        #expect(verification.outcome == .inSync)
    }

    @Test("does not compare what CloudFormation never shows")
    func secrets() {
        let desired = DesiredState(
            service: "api", stack: "s", image: nil, parameters: ["Secret": "x"], secretParameters: ["Secret"])
        func parameters(_ values: [String: String]) -> Verdict? {
            let observed = Observation(stack: .seen(Scene.stack(parameters: values)))
            return Scene.verification(observed, desired).results.first { $0.check == .stackParameters }?.verdict
        }
        #expect(parameters(["Secret": "****"]) == .ok)
        #expect(parameters([:]) == .drift)
    }

    @Test(
        "compares what the template leaves at its default",
        arguments: [
            (["MaxTasks": "4", "Hosts": "", "Secret": "****"], Verdict.ok, "1 as in the deployment file, 3 as in"),
            (["MaxTasks": "9", "Hosts": "", "Secret": "****"], .drift, "MaxTasks is '9'; Git leaves it at '4'"),
            (["MaxTasks": "4", "Hosts": "x", "Secret": "****"], .drift, "Hosts is 'x'; Git leaves it at ''"),
            (["MaxTasks": "4", "Secret": "****"], .drift, "Hosts is not set"),
        ])
    func defaults(actual: [String: String], verdict: Verdict, detail: String) {
        let desired = DesiredState(
            service: "api", stack: "s", image: nil, parameters: ["Cpu": "256"],
            defaults: ["MaxTasks": "4", "Hosts": "", "Secret": ""], secretParameters: ["Secret"])
        let observed = Observation(stack: .seen(Scene.stack(parameters: actual)))
        let result = Scene.verification(observed, desired).results.first { $0.check == .stackParameters }
        #expect(result?.verdict == verdict)
        #expect(result?.detail.contains(detail) == true, "\(result?.detail ?? "")")
    }

    @Test("believes CloudFormation that it finds no change in a template, once Git sync has come to it")
    func nothingToDo() {
        func verdict(_ commit: String) -> Verdict? {
            let desired = DesiredState(
                service: "infra", stack: "s", image: nil, parameters: [:], template: "Conditions: {A: true}\n",
                position: GitPosition(lastChange: "b", holding: ["b"], others: ["a"]))
            let observed = Scene.healthy {
                let event = GitSyncAttempt.Event(event: "The submitted information didn't contain changes.")
                $0.gitSync = .seen(.init(status: "FAILED", targetRevision: .init(sha: commit), events: [event]))
            }
            return Scene.verification(observed, desired).results.first { $0.check == .stackTemplate }?.verdict
        }
        #expect(verdict("b") == .ok)
        #expect(verdict("a") == .drift)
    }

    @Test("takes a value for the name that it has in Parameter Store, where a server shows no names")
    func shownByValue() {
        let desired = DesiredState(
            service: "api", stack: "s", image: nil, parameters: [:], defaults: ["Cluster": "/platform/cluster"],
            storedParameters: ["Cluster"], template: Scene.template)
        func verdict(_ shown: String) -> Verdict? {
            let stack = CloudFormationStack(
                id: "s", name: "s", status: "UPDATE_COMPLETE", parameters: ["Cluster": shown])
            let observed = Scene.healthy { $0.stack = .seen(stack) }
            return Scene.verification(observed, desired).results.first { $0.check == .stackParameters }?.verdict
        }
        #expect(verdict("/platform/cluster") == .ok)
        #expect(verdict("shrinkr") == .ok)
        #expect(verdict("another") == .drift)
    }

    @Test(
        "compares the commit that Git sync came to",
        arguments: [
            ("SUCCEEDED", "b", Verdict.ok, "SUCCEEDED of b"), ("SUCCEEDED", "c", .ok, "SUCCEEDED of c"),
            ("SUCCEEDED", "a", .drift, "it has not come to b yet"),
            ("FAILED", "a", .drift, "it has not come to b yet"), ("FAILED", "c", .ok, "nothing to do of c"),
            ("SUCCEEDED", "z", .notChecked, "which this checkout does not have"),
        ])
    func commits(status: String, commit: String, verdict: Verdict, detail: String) {
        let desired = DesiredState(
            service: "infra", stack: "s", image: nil, parameters: [:], template: Scene.template,
            position: GitPosition(lastChange: "b", holding: ["b", "c"], others: ["a"]))
        let events = status == "FAILED" ? [GitSyncAttempt.Event(event: "No updates are to be performed")] : []
        let observed = Scene.healthy {
            $0.gitSync = .seen(.init(status: status, targetRevision: .init(sha: commit), events: events))
        }
        let verification = Scene.verification(observed, desired)
        #expect(verification.results.first?.verdict == verdict)
        #expect(verification.results.first?.detail.contains(detail) == true, "\(verification.results)")
        // What is newer than the checkout is for the next look to judge: the template and the parameters are as in Git.
        #expect(verification.outcome == (verdict == .drift ? .drift : .inSync))
    }

    @Test("orders answers: drift before rolling before what is hidden")
    func order() {
        let services = [
            Scene.healthy(), Scene.healthy { $0.service = .unseen(Scene.denied) },
            Scene.healthy { $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS")) },
            Scene.healthy { $0.stack = .seen(nil) },
        ].map { Scene.verification($0) }
        let outcomes = (1...4).map {
            EnvironmentVerification(environment: "e", services: Array(services[..<$0])).outcome
        }
        #expect(outcomes == [.inSync, .cannotTell, .rolling, .drift])
        #expect(outcomes.map(\.exitCode) == [0, 3, 2, 1])
    }
}
