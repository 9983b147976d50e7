import Testing

@testable import ShrinkrDeploy

@Suite("Previewing") struct PreviewerTests {
    private static let made = ScriptedAWS.Answer.xml(
        """
        <Status>CREATE_COMPLETE</Status>
        <Parameters>
          <member><ParameterKey>Subnet</ParameterKey><ParameterValue>/platform/subnet</ParameterValue>
            <ResolvedValue>subnet-2</ResolvedValue></member>
          <member><ParameterKey>Cpu</ParameterKey><ParameterValue>512</ParameterValue></member>
        </Parameters>
        <Changes>
          <member><Type>Resource</Type><ResourceChange>
            <Action>Modify</Action><LogicalResourceId>Database</LogicalResourceId>
            <ResourceType>AWS::RDS::DBInstance</ResourceType><Replacement>True</Replacement>
            <PolicyAction>ReplaceAndSnapshot</PolicyAction>
            <Details>
              <member><Target><Attribute>Properties</Attribute><Name>Engine</Name></Target></member>
              <member><Target><Attribute>Tags</Attribute></Target></member>
            </Details>
          </ResourceChange></member>
          <member><ResourceChange><Action>Remove</Action><LogicalResourceId>Queue</LogicalResourceId>
            <ResourceType>AWS::SQS::Queue</ResourceType><PolicyAction>Retain</PolicyAction></ResourceChange></member>
        </Changes>
        """)

    /// A stack that can be asked about, and a change set that is ready at once.
    private static func aws(_ made: ScriptedAWS.Answer = made) -> ScriptedAWS {
        ScriptedAWS([
            "DescribeStacks": .xml(
                """
                <Stacks><member><StackId>arn</StackId><StackName>shrinkr-api-devstg</StackName>
                <StackStatus>UPDATE_COMPLETE</StackStatus><Parameters>
                  <member><ParameterKey>ImageUri</ParameterKey><ParameterValue>\(TemporaryGitops.image("a"))</ParameterValue>
                  </member>
                  <member><ParameterKey>Subnet</ParameterKey><ParameterValue>/platform/subnet</ParameterValue>
                    <ResolvedValue>subnet-1</ResolvedValue></member>
                  <member><ParameterKey>Cpu</ParameterKey><ParameterValue>512</ParameterValue></member>
                </Parameters></member></Stacks>
                """),
            "CreateChangeSet": .xml("<Id>arn</Id>"), "DescribeChangeSet": made, "DeleteChangeSet": .xml(""),
        ])
    }

    /// Git, for which exactly these files differ, named by how they end.
    private static func git(_ changed: String..., removed: String = "") -> CommandLineTool {
        CommandLineTool { arguments in
            if arguments.contains("--diff-filter=D") { return .init(status: 0, output: removed) }
            if arguments.contains("log") { return .init(status: 0, output: "") }
            let differs = changed.contains { name in arguments.contains { $0.hasSuffix(name) } }
            return .init(status: differs ? 1 : 0)
        }
    }

    private func preview(
        _ aws: ScriptedAWS, _ git: CommandLineTool, environment: String = "devstg",
        sleep: (Duration) async throws -> Void = { _ in }
    ) async throws -> Preview {
        let gitops = try TemporaryGitops()
        let request = Previewer.Request(
            environment: environment, since: "main", changeSet: "preview-7", wait: .seconds(6))
        return try await Previewer(request, in: gitops.folder, client: aws.client, git: git).run(sleep: sleep)
    }

    private func outcome(_ made: ScriptedAWS.Answer) async throws -> PreviewedStack.Outcome? {
        try await preview(Self.aws(made), Self.git("api.deployment.yml")).stacks.first?.outcome
    }

    @Test("reads what would be replaced, deleted and valued otherwise, and executes nothing")
    func changes() async throws {
        let aws = Self.aws()
        let preview = try await preview(aws, Self.git("templates/api.yml"))
        let stack = try #require(preview.stacks.first)
        #expect(preview.exitCode == 0 && preview.stacks.count == 1 && stack.stack == "shrinkr-api-devstg")
        #expect(
            stack.losses == [
                ResourceChange(
                    .modify, "Database", type: "AWS::RDS::DBInstance", replacement: .yes,
                    policyAction: "ReplaceAndSnapshot", properties: ["Engine", "Tags"]),
                ResourceChange(.remove, "Queue", type: "AWS::SQS::Queue", policyAction: "Retain"),
            ])
        #expect(
            stack.differences == [
                .init(parameter: "ImageUri", before: TemporaryGitops.image("a"), after: nil),
                .init(parameter: "Subnet", before: "subnet-1", after: "subnet-2"),
            ])
        #expect(
            aws.operations == [
                "DescribeStacks", "DeleteChangeSet", "CreateChangeSet", "DescribeChangeSet", "DeleteChangeSet",
            ])
    }

    @Test("asks about no stack that the change is not about")
    func unaffected() async throws {
        let aws = Self.aws()
        #expect(try await preview(aws, Self.git("worker.deployment.yml")).stacks.isEmpty)
        #expect(aws.operations.isEmpty)
    }

    @Test("a deployment file that goes leaves its stack as it is")
    func removed() async throws {
        let aws = Self.aws()
        let git = Self.git(removed: "gitops/environments/devstg/worker.deployment.yml\n")
        let preview = try await preview(aws, git)
        #expect(preview.stacks.map(\.service) == ["worker"] && preview.stacks.first?.outcome == .unfollowed)
        #expect(aws.operations.isEmpty)
    }

    @Test("tells nothing to change from what could not be applied")
    func failed() async throws {
        let empty = "<StatusReason>The submitted information didn't contain changes.</StatusReason>"
        #expect(try await outcome(.xml("<Status>FAILED</Status>\(empty)")) == .nothing)
        let refused = "<Status>FAILED</Status><StatusReason>Transform failed</StatusReason>"
        #expect(try await outcome(.xml(refused)) == .refused("Transform failed"))
    }

    @Test("waits for what CloudFormation works out, but not for ever, and deletes it all the same")
    func waits() async throws {
        let aws = Self.aws(.xml("<Status>CREATE_IN_PROGRESS</Status>"))
        var slept = Duration.zero
        let preview = try await preview(aws, Self.git("api.yml")) { slept += $0 }
        #expect(slept == .seconds(6) && preview.exitCode == 3)
        #expect(aws.operations.last == "DeleteChangeSet")
    }

    @Test("what is refused is red, what cannot be asked is not taken for well")
    func refusals() async throws {
        let aws = Self.aws()
        aws.set("CreateChangeSet", .refusal(400, code: "ValidationError"))
        #expect(try await preview(aws, Self.git("api.yml")).exitCode == 1)
        aws.set("CreateChangeSet", .refusal(403, code: "AccessDenied"))
        #expect(try await preview(aws, Self.git("api.yml")).exitCode == 3)
        aws.set("DescribeStacks", .refusal(403, code: "AccessDenied"))
        #expect(try await preview(aws, Self.git("api.yml")).exitCode == 3)
    }

    @Test("commits that cannot be compared are no change of nothing")
    func incomparable() async throws {
        let git = CommandLineTool { _ in .init(status: 128, complaint: "fatal: bad revision 'main...HEAD'\n") }
        await #expect(throws: DeployError.self) { try await preview(Self.aws(), git) }
    }
}
