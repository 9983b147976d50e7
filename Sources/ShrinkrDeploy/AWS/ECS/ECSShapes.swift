/// Names of the parts of ECS requests and answers (Amazon ECS API reference).
enum ECSShapes {
    struct ServicesInput: Encodable {
        let cluster: String
        let services: [String]
    }

    struct ServicesOutput: Decodable {
        let services: [ECSService]?
    }

    struct TaskDefinitionInput: Encodable {
        let taskDefinition: String
    }

    struct TaskDefinitionOutput: Decodable {
        let taskDefinition: ECSTaskDefinition
    }

    struct TaskListInput: Encodable {
        let cluster: String
        let serviceName: String
        let nextToken: String?
    }

    struct TaskListOutput: Decodable {
        let taskArns: [String]?
        let nextToken: String?
    }

    struct TasksInput: Encodable {
        let cluster: String
        let tasks: [String]
    }

    struct TasksOutput: Decodable {
        let tasks: [ECSTask]?
    }

    struct DeploymentListInput: Encodable {
        let cluster: String
        let service: String
        let nextToken: String?
    }

    struct DeploymentListOutput: Decodable {
        let serviceDeployments: [DeploymentBrief]?
        let nextToken: String?
    }

    struct DeploymentBrief: Decodable {
        let serviceDeploymentArn: String
        /// Seconds since 1970.
        let createdAt: Double?
    }

    struct DeploymentsInput: Encodable {
        let serviceDeploymentArns: [String]
    }

    struct DeploymentsOutput: Decodable {
        let serviceDeployments: [ECSServiceDeployment]?
    }
}

/// A task as `DescribeTasks` shows it.
struct ECSTask: Sendable, Hashable, Decodable {
    /// A container of the task.
    struct Container: Sendable, Hashable, Decodable {
        let name: String
        let image: String?
        /// What was pulled, such as `sha256:…`; missing until then.
        let imageDigest: String?

        init(name: String, image: String? = nil, imageDigest: String? = nil) {
            self.name = name
            self.image = image
            self.imageDigest = imageDigest
        }
    }

    let taskArn: String
    /// Such as `RUNNING` or `PENDING`.
    let lastStatus: String
    let containers: [Container]?

    init(taskArn: String, lastStatus: String = "RUNNING", containers: [Container]? = nil) {
        self.taskArn = taskArn
        self.lastStatus = lastStatus
        self.containers = containers
    }
}

/// A revision of a task definition.
struct ECSTaskDefinition: Sendable, Hashable, Decodable {
    /// What runs in a task.
    struct Container: Sendable, Hashable, Decodable {
        let name: String
        let image: String

        init(name: String, image: String) {
            self.name = name
            self.image = image
        }
    }

    let taskDefinitionArn: String
    /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`.
    let status: String
    let containerDefinitions: [Container]

    init(taskDefinitionArn: String, status: String = "ACTIVE", containerDefinitions: [Container]) {
        self.taskDefinitionArn = taskDefinitionArn
        self.status = status
        self.containerDefinitions = containerDefinitions
    }
}
