import AWSRuntime

/// What an update of a stack would change, as CloudFormation works it out.
struct ChangeSet: Sendable, Hashable {
    /// Such as `CREATE_COMPLETE`.
    var status: String
    var statusReason = ""
    var changes: [ResourceChange] = []
    /// The values that parameters would have; of those in Parameter Store, what it has for them.
    var parameters: [String: String] = [:]

    /// Whether CloudFormation is still working it out.
    var isBeingMade: Bool { status == "CREATE_PENDING" || status == "CREATE_IN_PROGRESS" }

    /// Whether it is there and would change something.
    var isReady: Bool { status == "CREATE_COMPLETE" }

    /// Whether there is no such change set because there is nothing to change.
    var isEmpty: Bool {
        ["didn't contain changes", "No updates are to be performed"].contains { statusReason.contains($0) }
    }

    /// Adds a page of `DescribeChangeSet`.
    mutating func add(_ page: XMLScanner) throws {
        guard let status = page.element("Status")?.content else {
            throw AWSError(.malformedResponse, "CloudFormation described a change set without its status")
        }
        self.status = status
        statusReason = page.element("StatusReason")?.content ?? ""
        let members = page.element("Changes")?.elements("member") ?? []
        changes += members.compactMap { $0.element("ResourceChange").flatMap(ResourceChange.init) }
        for parameter in page.element("Parameters")?.elements("member") ?? [] {
            guard let key = parameter.element("ParameterKey")?.content else { continue }
            let value = parameter.element("ResolvedValue") ?? parameter.element("ParameterValue")
            parameters[key] = value?.content ?? ""
        }
    }
}

/// What would become of one resource.
struct ResourceChange: Sendable, Hashable {
    /// What is done to it.
    enum Action: String, Sendable, Hashable {
        case add = "Add"
        case modify = "Modify"
        case remove = "Remove"
        case `import` = "Import"
        /// Known only when the change set is executed.
        case dynamic = "Dynamic"
    }

    /// Whether another one takes its place.
    enum Replacement: String, Sendable, Hashable {
        case yes = "True"
        case no = "False"
        /// Depends on values that are known only when the change set is executed.
        case conditional = "Conditional"
    }

    let action: Action
    let logicalID: String
    /// Such as `AWS::ECS::Service`.
    let type: String
    let replacement: Replacement
    /// What happens to the old one, such as `Delete` or `Snapshot`; `nil` where CloudFormation does not say.
    let policyAction: String?
    /// The properties and attributes that change, sorted.
    let properties: [String]

    init(
        _ action: Action, _ logicalID: String, type: String, replacement: Replacement = .no,
        policyAction: String? = nil, properties: [String] = []
    ) {
        (self.action, self.logicalID, self.type, self.replacement) = (action, logicalID, type, replacement)
        (self.policyAction, self.properties) = (policyAction, properties)
    }

    init?(_ member: XMLScanner) {
        guard let logicalID = member.element("LogicalResourceId")?.content,
            let type = member.element("ResourceType")?.content
        else { return nil }
        // What is not known here is not taken for harmless.
        let action = member.element("Action").flatMap { Action(rawValue: $0.content) } ?? .dynamic
        let replacement = member.element("Replacement").map { Replacement(rawValue: $0.content) ?? .conditional }
        let names = (member.element("Details")?.elements("member") ?? []).compactMap { detail -> String? in
            let target = detail.element("Target")
            return target?.element("Name")?.content ?? target?.element("Attribute")?.content
        }
        self.init(
            action, logicalID, type: type, replacement: replacement ?? .no,
            policyAction: member.element("PolicyAction")?.content, properties: Set(names).sorted())
    }
}
