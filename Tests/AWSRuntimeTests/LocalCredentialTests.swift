import AWSTestSupport
import Testing

@testable import AWSRuntime

@Suite("Credentials from variables and profiles")
struct LocalCredentialTests {
    private let world = TestWorld()

    @Test("Environment variables")
    func environment() async throws {
        func fetch(_ variables: [String: String]) async throws -> AWSCredentials? {
            try await EnvironmentCredentials(environment: AWSEnvironment(variables)).fetch()
        }
        #expect(try await fetch([:]) == nil)
        let keys = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
        #expect(try await fetch(keys) == AWSCredentials(accessKeyID: "a", secretAccessKey: "b"))
        let all = keys.merging(["AWS_SESSION_TOKEN": "c"]) { $1 }
        #expect(try await fetch(all)?.sessionToken == "c")
        await #expect(throws: AWSError.self) { try await fetch(["AWS_ACCESS_KEY_ID": "a"]) }
        await #expect(throws: AWSError.self) { try await fetch(["AWS_SECRET_ACCESS_KEY": "a"]) }
    }

    @Test("Profiles: keys, half a key, other kinds, nothing")
    func profiles() async throws {
        world.setFile(
            "/h/.aws/credentials",
            """
            [default]
            aws_access_key_id = a
            aws_secret_access_key = b
            aws_session_token = c
            [half]
            aws_access_key_id = a
            [sso]
            sso_session = x
            [bare]
            region = y
            """
        )
        func fetch(_ profile: String) async throws -> AWSCredentials? {
            let environment = AWSEnvironment(["HOME": "/h", "AWS_PROFILE": profile], seams: world.seams)
            return try await ProfileCredentials(environment: environment).fetch()
        }
        let expected = AWSCredentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: "c")
        #expect(try await fetch("default") == expected)
        #expect(try await fetch("bare") == nil)
        await #expect(throws: AWSError.self) { try await fetch("half") }
        let error = await #expect(throws: AWSError.self) { try await fetch("sso") }
        #expect(error?.message.contains("sso_session") == true)
    }

    @Test("The chain takes the first that is set up, and stops at one that fails")
    func chain() async throws {
        struct Failing: CredentialProvider {
            func fetch() async throws -> AWSCredentials? { throw AWSError(.credentials, "Broken") }
        }
        struct Absent: CredentialProvider {
            func fetch() async throws -> AWSCredentials? { nil }
        }
        let found = CredentialChain([Absent(), StaticCredentials(.test), Failing()])
        #expect(try await found.fetch() == .test)
        #expect(try await CredentialChain([Absent()]).fetch() == nil)
        await #expect(throws: AWSError.self) {
            try await CredentialChain([Failing(), StaticCredentials(.test)]).fetch()
        }
    }

    @Test("Environment variables win over everything, and nothing is asked over the network")
    func standardChain() async throws {
        let transport = FakeTransport { _ in .text("", status: 500) }
        let environment = AWSEnvironment(
            [
                "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x",
            ],
            seams: world.seams
        )
        let chain = CredentialChain.standard(
            environment: environment,
            region: "eu-central-1",
            transport: transport,
            seams: world.seams
        )
        #expect(try await chain.fetch()?.accessKeyID == "a")
        #expect(transport.requests.isEmpty)
    }
}
