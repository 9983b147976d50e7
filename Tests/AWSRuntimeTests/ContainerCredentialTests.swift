import AWSTestSupport
import NIOHTTP1
import Testing

@testable import AWSRuntime

@Suite("Credentials of containers")
struct ContainerCredentialTests {
    private let world = TestWorld()

    private func provider(_ variables: [String: String], _ transport: FakeTransport) -> ContainerCredentials {
        ContainerCredentials(
            environment: AWSEnvironment(variables, seams: world.seams),
            transport: transport,
            seams: world.seams
        )
    }

    @Test("ECS: relative path at the agent's address")
    func relative() async throws {
        let transport = FakeTransport { _ in .text(credentialDocument) }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/id"], transport)
        #expect(try await provider.fetch() == documentedCredentials)
        #expect(transport.requests.map(\.url) == ["http://169.254.170.2/v2/credentials/id"])
        #expect(transport.requests.first?.headers.contains(name: "authorization") == false)
        #expect(transport.requests.first?.timeout == ContainerCredentials.timeout)
    }

    @Test("EKS: full URI, and a token file that is read at every fetch")
    func tokenFile() async throws {
        let transport = FakeTransport { _ in .text(credentialDocument) }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials?a=b",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "unused",
        ]
        let provider = provider(variables, transport)
        world.setFile("/token", "first")
        _ = try await provider.fetch()
        world.setFile("/token", "second")
        _ = try await provider.fetch()
        #expect(transport.requests.map { $0.headers["authorization"] } == [["first"], ["second"]])
        #expect(transport.requests.first?.url == "http://169.254.170.23/v1/credentials?a=b")
        world.setFile("/token", "two\nlines")
        await #expect(throws: AWSError.self) { try await provider.fetch() }
        world.setFile("/token", nil)
        await #expect(throws: AWSError.self) { try await provider.fetch() }
        #expect(transport.requests.count == 2)
    }

    @Test(
        "Hosts that may be asked",
        arguments: [
            ("https://anything.example/x", true), ("http://127.0.0.1:8080/x", true), ("http://127.9.9.9/x", true),
            ("http://localhost/x", true), ("http://[::1]:1/x", true), ("http://169.254.170.2/x", true),
            ("http://169.254.170.23/x", true), ("http://[fd00:ec2::23]/x", true), ("http://example.com/x", false),
            ("http://169.254.169.254/x", false), ("http://127.0.0.1.example.com/x", false), ("http://127.1/x", false),
            ("http://localhost@example.com/x", false), ("ftp://localhost/x", false), ("localhost", false),
            ("http://[0:0::1]/x", true), ("http://127.+1.0.1/x", false), ("http://127.001.0.1/x", false),
        ]
    )
    func hostRule(_ uri: String, _ isAllowed: Bool) async throws {
        let transport = FakeTransport { _ in .text(credentialDocument) }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri], transport)
        if isAllowed {
            #expect(try await provider.fetch() == documentedCredentials)
        } else {
            await #expect(throws: AWSError.self) { try await provider.fetch() }
            #expect(transport.requests.isEmpty)
        }
    }

    @Test("Three attempts, one second apart")
    func retries() async throws {
        let counter = Counter()
        let transport = FakeTransport { _ in
            switch counter.next() {
            case 1: throw AWSError(.connection, "Refused", isRetryable: true)
            case 2: .text("", status: 500)
            default: .text(credentialDocument)
            }
        }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"], transport)
        #expect(try await provider.fetch() == documentedCredentials)
        #expect(world.sleeps == [.seconds(1), .seconds(1)])
    }

    @Test("A refusal is final and says so", arguments: [400, 403, 404])
    func refusal(_ status: Int) async throws {
        let transport = FakeTransport { _ in .text("{}", status: status) }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"], transport)
        let error = await #expect(throws: AWSError.self) { try await provider.fetch() }
        #expect(error?.httpStatus == status)
        #expect(error?.isRetryable == false)
        #expect(transport.requests.count == 1)
    }

    @Test(
        "Documents that are none",
        arguments: [
            "", "[]", "{}", #"{"AccessKeyId":"a"}"#, #"{"AccessKeyId":"a","SecretAccessKey":""}"#,
            #"{"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"soon"}"#,
            #"{"Code":"Failed","AccessKeyId":"a","SecretAccessKey":"b"}"#,
        ]
    )
    func malformed(_ text: String) async throws {
        let transport = FakeTransport { _ in .text(text) }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"], transport)
        let error = await #expect(throws: AWSError.self) { try await provider.fetch() }
        #expect(error?.code == .credentials)
    }

    @Test("Not set up, not asked")
    func absent() async throws {
        let transport = FakeTransport { _ in .text(credentialDocument) }
        #expect(try await provider([:], transport).fetch() == nil)
        #expect(transport.requests.isEmpty)
    }
}
