import AWSRuntime
import AWSTestSupport
import NIOHTTP1
import Testing

@testable import ShrinkrDeploy

@Suite("CloudFormation client")
struct CloudFormationClientTests {
    private static let stackID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shrinkr-api-devstg/1a2b"

    /// As the API reference shows it: outputs and tags repeat names that the stack has too.
    private static let stack = """
        <DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
          <DescribeStacksResult><Stacks><member>
            <Outputs><member>
              <OutputKey>Url</OutputKey><OutputValue>http://x/?a=1&amp;b=2</OutputValue>
              <StackStatus>NOT_THIS_ONE</StackStatus>
            </member></Outputs>
            <StackName>shrinkr-api-devstg</StackName>
            <StackId>\(stackID)</StackId>
            <CreationTime>2026-11-01T10:00:00.000Z</CreationTime>
            <LastUpdatedTime>2026-11-22T20:00:00.000Z</LastUpdatedTime>
            <Parameters>
              <member><ParameterKey>Environment</ParameterKey><ParameterValue>devstg</ParameterValue></member>
              <member><ParameterKey>Note</ParameterKey><ParameterValue>a &lt;b&gt; &quot;c&quot; &#252;</ParameterValue></member>
              <member><ParameterKey>Empty</ParameterKey><ParameterValue/></member>
              <member><ParameterKey>Path</ParameterKey><ParameterValue>/shrinkr/x</ParameterValue>
                <ResolvedValue>resolved</ResolvedValue></member>
            </Parameters>
            <StackStatus>UPDATE_COMPLETE</StackStatus>
            <StackStatusReason/>
          </member></Stacks></DescribeStacksResult>
          <ResponseMetadata><RequestId>b9b4b068</RequestId></ResponseMetadata>
        </DescribeStacksResponse>
        """

    private static func answer(_ operation: String, _ result: String) -> FakeAWS.Reply {
        let body = "<\(operation)Response><\(operation)Result>\(result)</\(operation)Result></\(operation)Response>"
        return .respond(200, body: Array(body.utf8))
    }

    private static func refusal(_ code: String, _ message: String) -> FakeAWS.Reply {
        let error = "<Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return .respond(400, body: Array("<ErrorResponse>\(error)<RequestId>r</RequestId></ErrorResponse>".utf8))
    }

    @Test("Asks with a signed form, and reads a stack")
    func describe() async throws {
        try await withFakeAWS { _ in
            .respond(200, body: Array(Self.stack.utf8))
        } _: { client, server in
            let stack = try #require(try await CloudFormationClient(client: client).stack(named: "shrinkr-api-devstg"))
            #expect(stack.id == Self.stackID)
            #expect(stack.name == "shrinkr-api-devstg")
            #expect(stack.status == "UPDATE_COMPLETE")
            #expect(stack.lastChange == "2026-11-22T20:00:00.000Z")
            #expect(
                stack.parameters
                    == ["Environment": "devstg", "Note": "a <b> \"c\" ü", "Empty": "", "Path": "/shrinkr/x"])
            let request = try #require(server.requests.first)
            #expect(request.text == "Action=DescribeStacks&StackName=shrinkr-api-devstg&Version=2010-05-15")
            #expect(request.headers.first(name: "content-type")?.hasPrefix("application/x-www-form-urlencoded") == true)
            #expect(request.isSigned(with: .test, region: "eu-central-1", service: "cloudformation"))
        }
    }

    @Test("A stack that does not exist is none; any other refusal is an error")
    func missing() async throws {
        try await withFakeAWS { request in
            request.text.contains("gone")
                ? Self.refusal("ValidationError", "Stack with id gone does not exist")
                : Self.refusal("ValidationError", "1 validation error detected")
        } _: { client, _ in
            let cloudFormation = CloudFormationClient(client: client)
            let gone = try await cloudFormation.stack(named: "gone")
            #expect(gone == nil)
            await #expect(throws: AWSError.self) { try await cloudFormation.stack(named: "!") }
        }
    }

    @Test("An answer that is no answer is an error", arguments: ["", "<html>", "<DescribeStacksResponse/>"])
    func malformed(_ body: String) async throws {
        try await withFakeAWS { _ in
            .respond(200, body: Array(body.utf8))
        } _: { client, _ in
            let error = await #expect(throws: AWSError.self) {
                try await CloudFormationClient(client: client).stack(named: "x")
            }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test("Reads resources, also one that is not made yet")
    func resources() async throws {
        try await withFakeAWS { _ in
            Self.answer(
                "DescribeStackResources",
                """
                <StackResources>
                <member><LogicalResourceId>Service</LogicalResourceId><ResourceType>AWS::ECS::Service</ResourceType>
                <PhysicalResourceId>arn:aws:ecs:r:1:service/c/s</PhysicalResourceId></member>
                <member><LogicalResourceId>Alarm</LogicalResourceId><ResourceType>AWS::CloudWatch::Alarm</ResourceType>
                </member></StackResources>
                """)
        } _: { client, _ in
            let resources = try await CloudFormationClient(client: client).resources(ofStack: "x")
            #expect(
                resources == [
                    CloudFormationResource(
                        logicalID: "Service", physicalID: "arn:aws:ecs:r:1:service/c/s", type: "AWS::ECS::Service"),
                    CloudFormationResource(logicalID: "Alarm", physicalID: "", type: "AWS::CloudWatch::Alarm"),
                ])
        }
    }

    private static func event(_ resource: String, _ status: String, physicalID: String = "p") -> String {
        """
        <member><StackId>\(stackID)</StackId><LogicalResourceId>\(resource)</LogicalResourceId>
        <PhysicalResourceId>\(physicalID)</PhysicalResourceId><ResourceType>T</ResourceType>
        <ResourceStatus>\(status)</ResourceStatus><ResourceStatusReason>because</ResourceStatusReason></member>
        """
    }

    @Test("Reads events page by page, back to where the latest operation began")
    func events() async throws {
        let pages = [
            "": Self.event("stack", "UPDATE_ROLLBACK_COMPLETE", physicalID: Self.stackID)
                + Self.event("Service", "UPDATE_FAILED"),
            "2": Self.event("Nested", "UPDATE_IN_PROGRESS")
                + Self.event("stack", "UPDATE_IN_PROGRESS", physicalID: Self.stackID)
                + Self.event("Service", "CREATE_COMPLETE"),
        ]
        try await withFakeAWS { request in
            let isSecond = request.text.contains("NextToken=2")
            let token = isSecond ? "<NextToken>3</NextToken>" : "<NextToken>2</NextToken>"
            let events = pages[isSecond ? "2" : ""] ?? ""
            return Self.answer("DescribeStackEvents", "<StackEvents>\(events)</StackEvents>\(token)")
        } _: { client, server in
            let events = try await CloudFormationClient(client: client).eventsOfLatestOperation(ofStack: "x")
            #expect(
                events.map { "\($0.logicalID) \($0.status)" } == [
                    "stack UPDATE_ROLLBACK_COMPLETE", "Service UPDATE_FAILED", "Nested UPDATE_IN_PROGRESS",
                    "stack UPDATE_IN_PROGRESS",
                ])
            #expect(events[1].reason == "because")
            #expect(server.requests.count == 2)
        }
    }

    @Test("Does not read events for ever")
    func endlessEvents() async throws {
        try await withFakeAWS { _ in
            let events = "<StackEvents>\(Self.event("x", "UPDATE_FAILED"))</StackEvents>"
            return Self.answer("DescribeStackEvents", "\(events)<NextToken>again</NextToken>")
        } _: { client, server in
            let events = try await CloudFormationClient(client: client).eventsOfLatestOperation(ofStack: "x")
            #expect(events.count == server.requests.count)
            #expect(events.count < 100)
        }
    }

    @Test("Reads a template as it was written")
    func template() async throws {
        try await withFakeAWS { _ in
            let body = "Parameters:\n  A: {Type: String}\n# &lt;b&gt; &amp;amp; &quot;c&quot;\n"
            return Self.answer("GetTemplate", "<StagesAvailable/><TemplateBody>\(body)</TemplateBody>")
        } _: { client, server in
            let template = try await CloudFormationClient(client: client).template(ofStack: "x")
            #expect(template == "Parameters:\n  A: {Type: String}\n# <b> &amp; \"c\"\n")
            #expect(server.requests.first?.text.contains("TemplateStage=Original") == true)
        }
    }
}
