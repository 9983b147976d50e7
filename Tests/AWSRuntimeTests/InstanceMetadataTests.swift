import AWSTestSupport
import NIOHTTP1
import Testing

@testable import AWSRuntime

@Suite("Credentials of EC2 instances")
struct InstanceMetadataTests {
    private func fetch(
        _ variables: [String: String] = [:],
        _ transport: FakeTransport
    ) async throws -> AWSCredentials? {
        try await InstanceMetadataCredentials(
            environment: AWSEnvironment(variables),
            transport: transport,
            seams: TestWorld().seams
        ).fetch()
    }

    @Test("Token, role, credentials")
    func threeSteps() async throws {
        let transport = FakeTransport { request in
            if request.method == .PUT { return .text("session") }
            return .text(request.url.hasSuffix("/") ? "my role\n" : credentialDocument)
        }
        #expect(try await fetch(transport) == documentedCredentials)
        let base = "http://169.254.169.254/latest/"
        #expect(
            transport.requests.map(\.url) == [
                base + "api/token", base + "meta-data/iam/security-credentials/",
                base + "meta-data/iam/security-credentials/my%20role",
            ]
        )
        #expect(transport.requests[0].headers["x-aws-ec2-metadata-token-ttl-seconds"] == ["21600"])
        #expect(transport.requests[1].headers["x-aws-ec2-metadata-token"] == ["session"])
        #expect(transport.requests[2].headers["x-aws-ec2-metadata-token"] == ["session"])
    }

    private func fetch(_ transport: FakeTransport) async throws -> AWSCredentials? {
        try await fetch([:], transport)
    }

    @Test("Disabled, not on EC2, no role: nothing found")
    func nothing() async throws {
        let silent = FakeTransport { _ in throw AWSError(.timeout, "Nobody", isRetryable: true) }
        #expect(try await fetch(["AWS_EC2_METADATA_DISABLED": "True"], silent) == nil)
        #expect(silent.requests.isEmpty)
        #expect(try await fetch(silent) == nil)
        #expect(silent.requests.count == 1)
        let roleless = FakeTransport { $0.method == .PUT ? .text("session") : .text("", status: 404) }
        #expect(try await fetch(roleless) == nil)
    }

    @Test("An instance whose metadata fails is an error, not nothing")
    func failing() async throws {
        let transport = FakeTransport { $0.method == .PUT ? .text("session") : .text("", status: 500) }
        let error = await #expect(throws: AWSError.self) { try await fetch(transport) }
        #expect(error?.isRetryable == true)
    }
}
