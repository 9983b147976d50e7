import AWSRuntime

/// One step of an operation on a stack.
package struct CloudFormationEvent: Sendable, Hashable {
    package let logicalID: String
    /// Such as `AWS::ECS::Service`; `AWS::CloudFormation::Stack` for the stack itself.
    package let type: String
    /// Such as `UPDATE_FAILED`.
    package let status: String
    package let reason: String?
    /// Whether it is about the stack itself, not about a resource or a stack nested in it.
    package let isOfStack: Bool

    /// Makes an event.
    package init(logicalID: String, type: String, status: String, reason: String? = nil, isOfStack: Bool = false) {
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
    package var beginsOperation: Bool {
        isOfStack && ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS"].contains(status)
    }
}
