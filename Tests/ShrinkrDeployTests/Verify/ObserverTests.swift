import AWSRuntime
import Logging
import Testing

@testable import ShrinkrDeploy

@Suite("Looking at AWS") struct ObserverTests {
    private static let serviceARN = "arn:aws:ecs:eu-central-1:123456789012:service/shrinkr/api"

    private static func stack(_ status: String = "UPDATE_COMPLETE") -> ScriptedAWS.Answer {
        let parameters = Scene.desired.parameters.merging(Scene.desired.defaults) { $1 }.map {
            "<member><ParameterKey>\($0.key)</ParameterKey><ParameterValue>\($0.value)</ParameterValue>"
                + ($0.key == "Cluster" ? "<ResolvedValue>shrinkr</ResolvedValue></member>" : "</member>")
        }
        return .xml(
            """
            <Stacks><member><StackId>arn:stack</StackId><StackName>shrinkr-api-devstg</StackName>
            <StackStatus>\(status)</StackStatus><Parameters>\(parameters.joined())</Parameters></member></Stacks>
            """)
    }

    /// AWS as it answers when all is in sync.
    private static func healthy() -> ScriptedAWS {
        ScriptedAWS([
            "DescribeStacks": stack(),
            "GetTemplate": .xml("<TemplateBody>\(Scene.template)</TemplateBody>"),
            "GetParameters": .json(#"{"Parameters":[{"Name":"/platform/cluster","Value":"shrinkr","Version":1}]}"#),
            "GetResourceSyncStatus": .json(
                #"{"LatestSync":{"Status":"SUCCEEDED","StartedAt":1.5,"Events":[],"TargetRevision":{"Sha":"abc"}}}"#),
            "DescribeStackResources": .xml(
                """
                <StackResources><member><LogicalResourceId>S</LogicalResourceId>
                <PhysicalResourceId>\(serviceARN)</PhysicalResourceId><ResourceType>AWS::ECS::Service</ResourceType>
                </member><member><LogicalResourceId>T</LogicalResourceId>
                <PhysicalResourceId>\(Scene.revision)</PhysicalResourceId>
                <ResourceType>AWS::ECS::TaskDefinition</ResourceType></member></StackResources>
                """),
            "DescribeServices": .json(
                """
                {"services":[{"status":"ACTIVE","taskDefinition":"\(Scene.revision)","desiredCount":1,"runningCount":1,
                "pendingCount":0,"deployments":[{"id":"ecs-svc/1","status":"PRIMARY","rolloutState":"COMPLETED",
                "taskDefinition":"\(Scene.revision)","failedTasks":0}]}],"failures":[]}
                """),
            "DescribeTaskDefinition": .json(
                """
                {"taskDefinition":{"taskDefinitionArn":"\(Scene.revision)","status":"ACTIVE",
                "containerDefinitions":[{"name":"api","image":"\(Scene.image)"}]}}
                """),
            "ListServiceDeployments": .json(
                #"{"serviceDeployments":[{"serviceDeploymentArn":"arn:d","createdAt":1.5}]}"#),
            "DescribeServiceDeployments": .json(
                #"{"serviceDeployments":[{"serviceDeploymentArn":"arn:d","status":"SUCCESSFUL"}]}"#),
            "ListTasks": .json(#"{"taskArns":["arn:t"]}"#),
            "DescribeTasks": tasks(Scene.digest),
            "DescribeImages": image(Scene.digest),
        ])
    }

    private static func tasks(_ digest: String) -> ScriptedAWS.Answer {
        .json(
            """
            {"tasks":[{"taskArn":"arn:t","lastStatus":"RUNNING","containers":[{"name":"api","image":"\(Scene.image)",
            "imageDigest":"\(digest)"}]}]}
            """)
    }

    private static func image(_ digest: String, type: String = "application/vnd.oci.image.manifest.v1+json")
        -> ScriptedAWS.Answer
    {
        .json(#"{"imageDetails":[{"imageDigest":"\#(digest)","imageManifestMediaType":"\#(type)"}]}"#)
    }

    private func verify(_ aws: ScriptedAWS, _ desired: DesiredState = Scene.desired) async throws
        -> ServiceVerification
    {
        let client = aws.client
        do {
            let verification = Scene.verification(try await Observer(client: client).observe(desired), desired)
            try await client.shutdown()
            return verification
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func result(_ check: Check, of verification: ServiceVerification) -> CheckResult? {
        verification.results.first { $0.check == check }
    }

    @Test("sees that all is in sync, with one call for each thing")
    func healthy() async throws {
        let aws = Self.healthy()
        let verification = try await verify(aws)
        #expect(verification.outcome == .inSync)
        #expect(verification.results.allSatisfy { $0.verdict == .ok }, "\(verification.results)")
        #expect(
            aws.operations == [
                "DescribeStacks", "GetResourceSyncStatus", "GetTemplate", "GetParameters", "DescribeStackResources",
                "DescribeServices", "DescribeTaskDefinition", "ListServiceDeployments", "DescribeServiceDeployments",
                "ListTasks",
                "DescribeTasks", "DescribeImages",
            ])
    }

    @Test("looks at nothing but the stack where there is none, or no image")
    func stackOnly() async throws {
        let aws = Self.healthy()
        aws.set("DescribeStacks", .xml("<Stacks/>"))
        #expect(try await verify(aws).outcome == .drift)
        #expect(aws.operations == ["DescribeStacks", "GetResourceSyncStatus"])
        let other = Self.healthy()
        let infra = DesiredState(
            service: "infra", stack: "shrinkr-infra-devstg", image: nil, parameters: [:],
            template: Scene.template)
        #expect(try await verify(other, infra).outcome == .inSync)
        #expect(other.operations == ["DescribeStacks", "GetResourceSyncStatus", "GetTemplate"])
    }

    @Test("asks what failed in a stack that was rolled back")
    func rolledBack() async throws {
        let aws = Self.healthy()
        aws.set("DescribeStacks", Self.stack("UPDATE_ROLLBACK_COMPLETE"))
        aws.set(
            "DescribeStackEvents",
            .xml(
                """
                <StackEvents><member><LogicalResourceId>Service</LogicalResourceId>
                <ResourceStatus>UPDATE_FAILED</ResourceStatus><ResourceStatusReason>breaker</ResourceStatusReason>
                </member></StackEvents>
                """))
        aws.set("GetTemplate", .xml("<TemplateBody>other</TemplateBody>"))
        let verification = try await verify(aws)
        #expect(result(.stackStatus, of: verification)?.detail == "UPDATE_ROLLBACK_COMPLETE: Service: breaker")
        aws.set("GetTemplate", .xml("<TemplateBody>\(Scene.template)</TemplateBody>"))
        #expect(try await verify(aws).outcome == .inSync)
    }

    @Test("asks for a list's platforms only where tasks run another digest")
    func platforms() async throws {
        let index = "application/vnd.oci.image.index.v1+json"
        let aws = Self.healthy()
        aws.set("DescribeImages", Self.image(Scene.digest, type: index))
        #expect(try await verify(aws).outcome == .inSync)
        #expect(!aws.operations.contains("BatchGetImage"))
        aws.set("DescribeImages", Self.image("sha256:list", type: index))
        let manifest = #"{\"manifests\":[{\"digest\":\"\#(Scene.digest)\"}]}"#
        aws.set("BatchGetImage", .json(#"{"images":[{"imageManifest":"\#(manifest)"}]}"#))
        #expect(try await verify(aws).outcome == .inSync)
        aws.set("DescribeTasks", Self.tasks("sha256:other"))
        #expect(result(.imageDigests, of: try await verify(aws))?.verdict == .drift)
    }

    @Test(
        "takes a refusal for what is hidden, and goes on",
        arguments: [
            ("DescribeStacks", Check.stackStatus, Outcome.cannotTell),
            ("GetTemplate", .stackTemplate, .cannotTell), ("GetParameters", .storedParameters, .cannotTell),
            ("DescribeStackResources", .serviceTaskDefinition, .cannotTell),
            ("DescribeServices", .serviceTaskDefinition, .cannotTell),
            ("DescribeServices", .deployments, .cannotTell),
            ("DescribeTaskDefinition", .taskDefinitionImage, .cannotTell),
            ("ListServiceDeployments", .newestDeployment, .cannotTell),
            ("DescribeServiceDeployments", .newestDeployment, .cannotTell),
            ("ListTasks", .imageDigests, .cannotTell), ("DescribeTasks", .imageDigests, .cannotTell),
            ("DescribeImages", .imageDigests, .cannotTell), ("GetResourceSyncStatus", .gitSync, .inSync),
        ])
    func denied(operation: String, check: Check, outcome: Outcome) async throws {
        for (status, code) in [(403, "AccessDenied"), (400, "AccessDeniedException")] {
            let aws = Self.healthy()
            aws.set(operation, .refusal(status, code: code))
            let verification = try await verify(aws)
            #expect(result(check, of: verification)?.verdict == .notChecked)
            #expect(result(check, of: verification)?.unseen == .denied)
            #expect(result(check, of: verification)?.detail.hasPrefix("no permission: \(operation)") == true)
            #expect(verification.outcome == outcome)
        }
    }

    @Test(
        "tells a call that a server does not have from one that failed",
        arguments: [
            (ScriptedAWS.Answer.refusal(400, code: "InvalidAction"), Unseen.Kind.unavailable, Outcome.inSync),
            (.refusal(400, code: "UnknownOperationException"), .unavailable, .inSync),
            (.refusal(501, code: "NotImplemented"), .unavailable, .inSync),
            (.refusal(500, code: "InternalError"), .failed, .cannotTell),
            (.refusal(400, code: "ThrottlingException"), .failed, .cannotTell),
            (.json("no JSON"), .failed, .cannotTell),
        ])
    func missingCalls(answer: ScriptedAWS.Answer, kind: Unseen.Kind, outcome: Outcome) async throws {
        let aws = Self.healthy()
        aws.set("ListServiceDeployments", answer)
        let verification = try await verify(aws)
        #expect(result(.newestDeployment, of: verification)?.unseen == kind)
        #expect(verification.outcome == outcome)
    }

    @Test("says what it cannot look up about images elsewhere")
    func otherRegistries() async throws {
        for registry in ["ghcr.io", "123456789012.dkr.ecr.us-east-1.amazonaws.com"] {
            let image = try ImageReference(parsing: TemporaryGitops.image("a", registry: registry))
            let desired = DesiredState(
                service: "api", stack: "shrinkr-api-devstg", image: image, parameters: ["Environment": "devstg"])
            let aws = Self.healthy()
            let digests = result(.imageDigests, of: try await verify(aws, desired))
            #expect(digests?.verdict == .notChecked)
            #expect(!aws.operations.contains("DescribeImages"))
        }
    }

    @Test("stops where its own settings are wrong")
    func settings() async throws {
        let client = AWSClient(
            environment: AWSEnvironment(["AWS_ENDPOINT_URL_ECS": "nowhere"]), region: "eu-central-1",
            credentials: EnvironmentCredentials(environment: AWSEnvironment([:])), transport: Self.healthy(),
            logger: .init(label: "test"))
        await #expect(throws: AWSError.self) { try await Observer(client: client).observe(Scene.desired) }
        try await client.shutdown()
    }

    @Test(
        "finds a service by its ARN",
        arguments: [
            (serviceARN, "shrinkr", "api"),
            ("arn:aws:ecs:r:1:service/arn:aws:ecs:r:1:cluster/x/name", "arn:aws:ecs:r:1:cluster/x", "name"),
            ("arn:aws:ecs:r:1:service/name", nil, nil), ("name", nil, nil), ("arn:aws:ecs:r:1:service/x/", nil, nil),
        ])
    func places(arn: String, cluster: String?, service: String?) {
        let place = ServicePlace(arn: arn)
        #expect(place?.cluster == cluster)
        #expect(place?.service == service)
    }
}
