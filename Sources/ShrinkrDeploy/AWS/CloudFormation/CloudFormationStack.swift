import AWSRuntime

/// A stack as `DescribeStacks` shows it.
struct CloudFormationStack: Sendable, Hashable {
    /// The stack's ARN.
    let id: String
    let name: String
    /// Such as `UPDATE_COMPLETE`.
    let status: String
    let statusReason: String?
    /// Values by parameter; a `NoEcho` parameter's is asterisks.
    let parameters: [String: String]
    /// What values from Parameter Store were at the last update, by parameter; ``parameters`` has their names there.
    let resolvedParameters: [String: String]
    /// When it was last updated, or else made; as AWS writes it.
    let lastChange: String

    init(
        id: String,
        name: String,
        status: String,
        statusReason: String? = nil,
        parameters: [String: String] = [:],
        resolvedParameters: [String: String] = [:],
        lastChange: String = ""
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.statusReason = statusReason
        self.parameters = parameters
        self.resolvedParameters = resolvedParameters
        self.lastChange = lastChange
    }

    init(_ member: XMLScanner) throws {
        guard let id = member.element("StackId")?.content, let name = member.element("StackName")?.content,
            let status = member.element("StackStatus")?.content
        else {
            throw AWSError(.malformedResponse, "CloudFormation described a stack without its name or status")
        }
        let members = member.element("Parameters")?.elements("member") ?? []
        let parameters = members.compactMap { parameter in
            parameter.element("ParameterKey").map { ($0.content, parameter.element("ParameterValue")?.content ?? "") }
        }
        let resolved = members.compactMap { parameter -> (String, String)? in
            guard let key = parameter.element("ParameterKey"), let value = parameter.element("ResolvedValue") else {
                return nil
            }
            return (key.content, value.content)
        }
        self.init(
            id: id,
            name: name,
            status: status,
            statusReason: member.element("StackStatusReason")?.content,
            parameters: Dictionary(parameters) { $1 },
            resolvedParameters: Dictionary(resolved) { $1 },
            lastChange: (member.element("LastUpdatedTime") ?? member.element("CreationTime"))?.content ?? ""
        )
    }
}

/// A resource that a stack made.
struct CloudFormationResource: Sendable, Hashable {
    /// Its name in the template.
    let logicalID: String
    /// Its name in its service: of an ECS service or task definition the ARN. Empty until it is made.
    let physicalID: String
    /// Such as `AWS::ECS::Service`.
    let type: String

    init(logicalID: String, physicalID: String, type: String) {
        self.logicalID = logicalID
        self.physicalID = physicalID
        self.type = type
    }

    init?(_ member: XMLScanner) {
        guard let logicalID = member.element("LogicalResourceId")?.content,
            let type = member.element("ResourceType")?.content
        else { return nil }
        let physicalID = member.element("PhysicalResourceId")?.content ?? ""
        self.init(logicalID: logicalID, physicalID: physicalID, type: type)
    }
}

/// One step of an operation on a stack.
struct CloudFormationEvent: Sendable, Hashable {
    let logicalID: String
    /// Such as `AWS::ECS::Service`; `AWS::CloudFormation::Stack` for the stack itself.
    let type: String
    /// Such as `UPDATE_FAILED`.
    let status: String
    let reason: String?
    /// Whether it is about the stack itself, not about a resource or a stack nested in it.
    let isOfStack: Bool

    init(logicalID: String, type: String, status: String, reason: String? = nil, isOfStack: Bool = false) {
        self.logicalID = logicalID
        self.type = type
        self.status = status
        self.reason = reason
        self.isOfStack = isOfStack
    }

    init?(_ member: XMLScanner) {
        guard let logicalID = member.element("LogicalResourceId")?.content,
            let status = member.element("ResourceStatus")?.content
        else { return nil }
        let stack = member.element("StackId")?.content
        self.init(
            logicalID: logicalID,
            type: member.element("ResourceType")?.content ?? "",
            status: status,
            reason: member.element("ResourceStatusReason")?.content,
            isOfStack: stack != nil && member.element("PhysicalResourceId")?.content == stack
        )
    }

    /// Whether an operation on the stack begins with it.
    var beginsOperation: Bool {
        isOfStack && ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS"].contains(status)
    }
}
