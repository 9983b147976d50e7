import AWSRuntime

/// Amazon ECS: reading services, their deployments and tasks, never changing them.
struct ECSClient: Sendable {
    private static let service = AWSService("ecs")
    /// The most pages read of one list.
    private static let maximumPages = 20

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    init(client: AWSClient) {
        self.client = client
    }

    /// Describes a service (`DescribeServices`).
    ///
    /// - Returns: `nil` when the cluster has none of that name.
    /// - Throws: `AWSError`; `CancellationError`.
    func service(_ service: String, cluster: String) async throws -> ECSService? {
        let input = ECSShapes.ServicesInput(cluster: cluster, services: [service])
        let output: ECSShapes.ServicesOutput = try await call("DescribeServices", input)
        return output.services?.first
    }

    /// Describes a revision of a task definition (`DescribeTaskDefinition`).
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func taskDefinition(_ arn: String) async throws -> ECSTaskDefinition {
        let input = ECSShapes.TaskDefinitionInput(taskDefinition: arn)
        let output: ECSShapes.TaskDefinitionOutput = try await call("DescribeTaskDefinition", input)
        return output.taskDefinition
    }

    /// The tasks that a service wants to run (`ListTasks`, `DescribeTasks`).
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func tasks(ofService service: String, cluster: String) async throws -> [ECSTask] {
        var tasks: [ECSTask] = []
        var token: String?
        for _ in 0..<Self.maximumPages {
            let list = ECSShapes.TaskListInput(cluster: cluster, serviceName: service, nextToken: token)
            let page: ECSShapes.TaskListOutput = try await call("ListTasks", list)
            if let arns = page.taskArns, !arns.isEmpty {
                let input = ECSShapes.TasksInput(cluster: cluster, tasks: arns)
                let output: ECSShapes.TasksOutput = try await call("DescribeTasks", input)
                tasks += output.tasks ?? []
            }
            token = page.nextToken
            if token == nil { break }
        }
        return tasks
    }

    /// The newest deployment of a service (`ListServiceDeployments`, `DescribeServiceDeployments`).
    ///
    /// - Returns: `nil` when ECS lists none; it forgets them after 90 days.
    /// - Throws: `AWSError`; `CancellationError`.
    func newestDeployment(ofService service: String, cluster: String) async throws -> ECSServiceDeployment? {
        var newest: ECSShapes.DeploymentBrief?
        var token: String?
        for _ in 0..<Self.maximumPages {
            let list = ECSShapes.DeploymentListInput(cluster: cluster, service: service, nextToken: token)
            let page: ECSShapes.DeploymentListOutput = try await call("ListServiceDeployments", list)
            newest = ([newest].compactMap(\.self) + (page.serviceDeployments ?? []))
                .max { $0.createdAt ?? 0 < $1.createdAt ?? 0 }
            token = page.nextToken
            if token == nil { break }
        }
        guard let newest else { return nil }
        let input = ECSShapes.DeploymentsInput(serviceDeploymentArns: [newest.serviceDeploymentArn])
        let output: ECSShapes.DeploymentsOutput = try await call("DescribeServiceDeployments", input)
        return output.serviceDeployments?.first
    }

    private func call<Output: Decodable>(_ name: String, _ input: some Encodable) async throws -> Output {
        let operation = AWSJSONOperation(
            service: Self.service,
            version: "1.1",
            targetPrefix: "AmazonEC2ContainerServiceV20141113",
            name: name,
            maximumResponseBytes: 8 << 20
        )
        return try await client.callJSON(operation, input)
    }
}
