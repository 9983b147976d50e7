import AWSRuntime
import AWSTestSupport
import NIOHTTP1
import Testing

@testable import ShrinkrDeploy

@Suite("ECS client")
struct ECSClientTests {
    private static let definition = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shrinkr-api:7"

    @Test("Asks in AWS JSON 1.1, signed, and reads a service with whatever else AWS tells of it")
    func service() async throws {
        try await withFakeAWS { _ in
            .json(
                """
                {"services":[{"status":"ACTIVE","taskDefinition":"\(Self.definition)","pendingCount":0,
                  "launchType":"FARGATE","loadBalancers":[],"roleArn":"arn:aws:iam::123456789012:role/x",
                  "createdAt":1421444444.444,"desiredCount":2,"runningCount":2,"serviceName":"api",
                  "clusterArn":"arn:aws:ecs:eu-central-1:123456789012:cluster/shrinkr",
                  "deployments":[{"status":"PRIMARY","pendingCount":0,"createdAt":1421444444.444,"desiredCount":2,
                    "taskDefinition":"\(Self.definition)","updatedAt":1421444444.444,"id":"ecs-svc/1","runningCount":2,
                    "failedTasks":0,"rolloutState":"COMPLETED","rolloutStateReason":"done"}],
                  "events":[{"message":"has reached a steady state.","id":"e","createdAt":1421444444.5}]}],
                 "failures":[]}
                """)
        } _: { client, server in
            let service = try #require(try await ECSClient(client: client).service("api", cluster: "shrinkr"))
            #expect(service.taskDefinition == Self.definition)
            #expect((service.desiredCount, service.runningCount, service.pendingCount) == (2, 2, 0))
            #expect(service.deployments?.map(\.rolloutState) == ["COMPLETED"])
            #expect(service.events?.map(\.message) == ["has reached a steady state."])
            let request = try #require(server.requests.first)
            #expect(request.headers.first(name: "content-type") == "application/x-amz-json-1.1")
            #expect(
                request.headers.first(name: "x-amz-target")
                    == "AmazonEC2ContainerServiceV20141113.DescribeServices")
            #expect(request.isSigned(with: .test, region: "eu-central-1", service: "ecs"))
            #expect(request.text.contains(#""services":["api"]"#))
        }
    }

    @Test("A service that does not exist is none")
    func missing() async throws {
        try await withFakeAWS { _ in
            .json(#"{"services":[],"failures":[{"arn":"arn:aws:ecs:r:1:service/c/api","reason":"MISSING"}]}"#)
        } _: { client, _ in
            let service = try await ECSClient(client: client).service("api", cluster: "shrinkr")
            #expect(service == nil)
        }
    }

    @Test("Reads a task definition")
    func taskDefinition() async throws {
        try await withFakeAWS { _ in
            .json(
                """
                {"taskDefinition":{"taskDefinitionArn":"\(Self.definition)","family":"shrinkr-api","revision":7,
                 "status":"INACTIVE","containerDefinitions":[{"name":"api","image":"r/shrinkr/api:sha-1","cpu":0,
                 "portMappings":[],"essential":true}]},"tags":[]}
                """)
        } _: { client, _ in
            let definition = try await ECSClient(client: client).taskDefinition(Self.definition)
            #expect(
                definition
                    == ECSTaskDefinition(
                        taskDefinitionArn: Self.definition, status: "INACTIVE",
                        containerDefinitions: [.init(name: "api", image: "r/shrinkr/api:sha-1")]))
        }
    }

    @Test("Reads tasks page by page")
    func tasks() async throws {
        struct Input: Decodable {
            let tasks: [String]?
            let nextToken: String?
        }
        try await withFakeAWS { request in
            guard let input = try? request.json(Input.self) else { return .json("{}", status: 400) }
            if request.operation == "ListTasks" {
                return input.nextToken == nil
                    ? .json(#"{"taskArns":["a","b"],"nextToken":"2"}"#) : .json(#"{"taskArns":["c"]}"#)
            }
            let tasks = (input.tasks ?? []).map {
                """
                {"taskArn":"\($0)","lastStatus":"RUNNING","desiredStatus":"RUNNING","version":3,"containers":
                 [{"name":"api","image":"i","imageDigest":"sha256:\($0)","lastStatus":"RUNNING","runtimeId":"r"}]}
                """
            }
            return .json(#"{"tasks":[\#(tasks.joined(separator: ","))],"failures":[]}"#)
        } _: { client, server in
            let tasks = try await ECSClient(client: client).tasks(ofService: "api", cluster: "shrinkr")
            #expect(tasks.map(\.taskArn) == ["a", "b", "c"])
            #expect(tasks.flatMap { $0.containers ?? [] }.map(\.imageDigest) == ["sha256:a", "sha256:b", "sha256:c"])
            #expect(
                server.requests.map(\.operation) == ["ListTasks", "DescribeTasks", "ListTasks", "DescribeTasks"])
        }
    }

    @Test("A service without tasks needs no second call")
    func noTasks() async throws {
        try await withFakeAWS { _ in
            .json(#"{"taskArns":[]}"#)
        } _: { client, server in
            let tasks = try await ECSClient(client: client).tasks(ofService: "api", cluster: "shrinkr")
            #expect(tasks.isEmpty)
            #expect(server.requests.count == 1)
        }
    }

    @Test("Finds the newest deployment wherever it stands in the list")
    func newestDeployment() async throws {
        try await withFakeAWS { request in
            if request.operation == "DescribeServiceDeployments" {
                return .json(
                    """
                    {"serviceDeployments":[{"serviceDeploymentArn":"new","status":"ROLLBACK_SUCCESSFUL",
                     "createdAt":1738000002.5,"sourceServiceRevisions":[],"targetServiceRevision":{"arn":"t"},
                     "rollback":{"reason":"Service deployment rolled back because the circuit breaker threshold was exceeded.",
                                 "startedAt":1738000003.5,"serviceRevisionArn":"old-revision"},
                     "deploymentCircuitBreaker":{"status":"TRIGGERED","failureCount":3,"threshold":3},
                     "alarms":{"status":"DISABLED","alarmNames":["a"],"triggeredAlarmNames":["a"]}}],"failures":[]}
                    """)
            }
            return request.text.contains("nextToken")
                ? .json(
                    """
                    {"serviceDeployments":[{"serviceDeploymentArn":"new","createdAt":1738000002.5},
                     {"serviceDeploymentArn":"older","createdAt":1738000000.5}]}
                    """)
                : .json(#"{"serviceDeployments":[{"serviceDeploymentArn":"old","createdAt":1.0}],"nextToken":"2"}"#)
        } _: { client, server in
            let newest = try await ECSClient(client: client).newestDeployment(ofService: "api", cluster: "shrinkr")
            #expect(newest?.status == "ROLLBACK_SUCCESSFUL")
            #expect(newest?.rollback?.serviceRevisionArn == "old-revision")
            #expect(newest?.deploymentCircuitBreaker == .init(status: "TRIGGERED", failureCount: 3, threshold: 3))
            #expect(newest?.alarms?.triggeredAlarmNames == ["a"])
            #expect(server.requests.last?.text == #"{"serviceDeploymentArns":["new"]}"#)
        }
    }

    @Test("A service may have no deployment to tell of", arguments: ["{}", #"{"serviceDeployments":[]}"#])
    func noDeployment(_ answer: String) async throws {
        try await withFakeAWS { _ in
            .json(answer)
        } _: { client, _ in
            let newest = try await ECSClient(client: client).newestDeployment(ofService: "api", cluster: "c")
            #expect(newest == nil)
        }
    }
}
