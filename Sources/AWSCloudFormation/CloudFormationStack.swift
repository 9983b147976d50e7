import AWSRuntime

/// A stack as `DescribeStacks` shows it.
package struct CloudFormationStack: Sendable, Hashable {
    /// The stack's ARN.
    package let id: String
    package let name: String
    /// Such as `UPDATE_COMPLETE`.
    package let status: String
    package let statusReason: String?
    /// Values by parameter; a `NoEcho` parameter's is asterisks.
    package let parameters: [String: String]
    /// When it was last updated, or else made; as AWS writes it.
    package let lastChange: String

    /// Makes a stack.
    package init(
        id: String,
        name: String,
        status: String,
        statusReason: String? = nil,
        parameters: [String: String] = [:],
        lastChange: String = ""
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.statusReason = statusReason
        self.parameters = parameters
        self.lastChange = lastChange
    }

    init(_ member: XMLScanner) throws {
        guard let id = member.element("StackId")?.content, let name = member.element("StackName")?.content,
            let status = member.element("StackStatus")?.content
        else {
            throw AWSError(.malformedResponse, "CloudFormation described a stack without its name or status.")
        }
        let parameters = (member.element("Parameters")?.elements("member") ?? []).compactMap { parameter in
            parameter.element("ParameterKey").map { ($0.content, parameter.element("ParameterValue")?.content ?? "") }
        }
        self.init(
            id: id,
            name: name,
            status: status,
            statusReason: member.element("StackStatusReason")?.content,
            parameters: Dictionary(parameters) { $1 },
            lastChange: (member.element("LastUpdatedTime") ?? member.element("CreationTime"))?.content ?? ""
        )
    }
}
