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
