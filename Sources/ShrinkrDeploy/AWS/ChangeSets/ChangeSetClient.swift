import AWSRuntime

/// AWS CloudFormation: making change sets, looking at them and deleting them, never executing one.
struct ChangeSetClient: Sendable {
    private static let service = AWSService("cloudformation")
    /// What Git sync acknowledges, too: the templates make roles with names.
    private static let capability = "CAPABILITY_NAMED_IAM"
    /// The most pages read of one change set; a template has at most 500 resources.
    private static let maximumPages = 20

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    init(client: AWSClient) {
        self.client = client
    }

    /// Begins to make a change set (`CreateChangeSet`), which CloudFormation then works out for some seconds.
    ///
    /// - Parameter token: Tells a repetition of this very request from another one.
    /// - Throws: `AWSError`; `CancellationError`.
    func make(_ name: String, of stack: ProposedStack, token: String) async throws {
        var items = [
            QueryItem("StackName", stack.name), QueryItem("ChangeSetName", name), QueryItem("ChangeSetType", "UPDATE"),
            QueryItem("ClientToken", token), QueryItem("Capabilities.member.1", Self.capability),
            QueryItem("TemplateBody", stack.template),
        ]
        for (index, parameter) in stack.parameters.sorted(by: { $0.key < $1.key }).enumerated() {
            items.append(QueryItem("Parameters.member.\(index + 1).ParameterKey", parameter.key))
            items.append(QueryItem("Parameters.member.\(index + 1).ParameterValue", parameter.value))
        }
        for (index, tag) in stack.tags.sorted(by: { $0.key < $1.key }).enumerated() {
            items.append(QueryItem("Tags.member.\(index + 1).Key", tag.key))
            items.append(QueryItem("Tags.member.\(index + 1).Value", tag.value))
        }
        _ = try await call("CreateChangeSet", items)
    }

    /// A change set as it is now (`DescribeChangeSet`).
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func changeSet(_ name: String, ofStack stack: String) async throws -> ChangeSet {
        var result = ChangeSet(status: "")
        var token: String?
        for _ in 0..<Self.maximumPages {
            let next = token.map { [QueryItem("NextToken", $0)] } ?? []
            let page = try await call(
                "DescribeChangeSet", [QueryItem("StackName", stack), QueryItem("ChangeSetName", name)] + next)
            try result.add(page)
            token = page.element("NextToken")?.content
            if token == nil { break }
        }
        return result
    }

    /// Deletes a change set (`DeleteChangeSet`); one that is not there is as good as deleted.
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func delete(_ name: String, ofStack stack: String) async throws {
        do {
            _ = try await call("DeleteChangeSet", [QueryItem("StackName", stack), QueryItem("ChangeSetName", name)])
        } catch let error as AWSError where error.serviceCode == "ChangeSetNotFound" {
            return
        }
    }

    private func call(_ name: String, _ parameters: [QueryItem]) async throws -> XMLScanner {
        let operation = AWSQueryOperation(service: Self.service, version: "2010-05-15", name: name)
        return try await client.callQuery(operation, parameters)
    }
}

/// What a stack would be updated to.
struct ProposedStack: Sendable, Hashable {
    let name: String
    let template: String
    let parameters: [String: String]
    let tags: [String: String]
}
