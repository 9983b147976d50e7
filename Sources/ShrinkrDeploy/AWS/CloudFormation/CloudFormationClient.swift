import AWSRuntime

/// AWS CloudFormation: reading stacks, never changing them.
struct CloudFormationClient: Sendable {
    private static let service = AWSService("cloudformation")
    /// The most pages read of one operation's events; each holds about a hundred.
    private static let maximumEventPages = 20

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    init(client: AWSClient) {
        self.client = client
    }

    /// Describes a stack (`DescribeStacks`).
    ///
    /// - Returns: `nil` when there is none of that name.
    /// - Throws: `AWSError`; `CancellationError`.
    func stack(named name: String) async throws -> CloudFormationStack? {
        do {
            let result = try await call("DescribeStacks", [QueryItem("StackName", name)])
            guard let member = result.element("Stacks")?.element("member") else { return nil }
            return try CloudFormationStack(member)
        } catch let error as AWSError where Self.isMissingStack(error) {
            return nil
        }
    }

    /// The resources of a stack as they are now (`DescribeStackResources`), the first hundred.
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func resources(ofStack stack: String) async throws -> [CloudFormationResource] {
        let result = try await call("DescribeStackResources", [QueryItem("StackName", stack)])
        return result.element("StackResources")?.elements("member").compactMap(CloudFormationResource.init) ?? []
    }

    /// What happened to a stack since its latest operation began, the newest first (`DescribeStackEvents`).
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func eventsOfLatestOperation(ofStack stack: String) async throws -> [CloudFormationEvent] {
        var events: [CloudFormationEvent] = []
        var token: String?
        for _ in 0..<Self.maximumEventPages {
            let next = token.map { [QueryItem("NextToken", $0)] } ?? []
            let result = try await call("DescribeStackEvents", [QueryItem("StackName", stack)] + next)
            for member in result.element("StackEvents")?.elements("member") ?? [] {
                guard let event = CloudFormationEvent(member) else { continue }
                events.append(event)
                if event.beginsOperation { return events }
            }
            token = result.element("NextToken")?.content
            if token == nil { break }
        }
        return events
    }

    /// The template that a stack has, as it was given (`GetTemplate`).
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func template(ofStack stack: String) async throws -> String {
        let parameters = [QueryItem("StackName", stack), QueryItem("TemplateStage", "Original")]
        guard let body = try await call("GetTemplate", parameters).element("TemplateBody") else {
            throw AWSError(.malformedResponse, "The answer to GetTemplate holds no template")
        }
        return body.content
    }

    private func call(_ name: String, _ parameters: [QueryItem]) async throws -> XMLScanner {
        let operation = AWSQueryOperation(service: Self.service, version: "2010-05-15", name: name)
        return try await client.callQuery(operation, parameters)
    }

    /// CloudFormation has no code of its own for it.
    private static func isMissingStack(_ error: AWSError) -> Bool {
        error.serviceCode == "ValidationError" && error.message.contains("does not exist")
    }
}
