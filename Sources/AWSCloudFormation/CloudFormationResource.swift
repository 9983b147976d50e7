import AWSRuntime

/// A resource that a stack made.
package struct CloudFormationResource: Sendable, Hashable {
    /// Its name in the template.
    package let logicalID: String
    /// Its name in its service: of an ECS service or task definition the ARN. Empty until it is made.
    package let physicalID: String
    /// Such as `AWS::ECS::Service`.
    package let type: String

    /// Makes a resource.
    package init(logicalID: String, physicalID: String, type: String) {
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
