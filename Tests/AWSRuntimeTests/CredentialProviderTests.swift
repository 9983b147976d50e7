import AWSSigning
import NIOHTTP1
import Testing

@testable import AWSRuntime

private let document = """
    {"AccessKeyId":"ASIAX","SecretAccessKey":"s","Token":"t","Expiration":"2025-11-22T18:00:00Z","RoleArn":"r"}
    """
private let documented = AWSCredentials(
    accessKeyID: "ASIAX",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: UTCTime(secondsSinceEpoch: 1_763_834_400)
)

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
            func fetch() async throws -> AWSCredentials? { throw AWSError(.credentials, "Broken.") }
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
        let transport = FakeTransport { _ in .text(document) }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/id"], transport)
        #expect(try await provider.fetch() == documented)
        #expect(transport.requests.map(\.url) == ["http://169.254.170.2/v2/credentials/id"])
        #expect(transport.requests.first?.headers.contains(name: "authorization") == false)
        #expect(transport.requests.first?.timeout == ContainerCredentials.timeout)
    }

    @Test("EKS: full URI, and a token file that is read at every fetch")
    func tokenFile() async throws {
        let transport = FakeTransport { _ in .text(document) }
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
        ]
    )
    func hostRule(_ uri: String, _ isAllowed: Bool) async throws {
        let transport = FakeTransport { _ in .text(document) }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri], transport)
        if isAllowed {
            #expect(try await provider.fetch() == documented)
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
            case 1: throw AWSError(.connection, "Refused.", isRetryable: true)
            case 2: .text("", status: 500)
            default: .text(document)
            }
        }
        let provider = provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"], transport)
        #expect(try await provider.fetch() == documented)
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
        let transport = FakeTransport { _ in .text(document) }
        #expect(try await provider([:], transport).fetch() == nil)
        #expect(transport.requests.isEmpty)
    }
}

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
            return .text(request.url.hasSuffix("/") ? "my role\n" : document)
        }
        #expect(try await fetch(transport) == documented)
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
        let silent = FakeTransport { _ in throw AWSError(.timeout, "Nobody.", isRetryable: true) }
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

@Suite("Credentials by web identity")
struct WebIdentityTests {
    private let world = TestWorld()
    private let variables = [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/a",
        "AWS_ROLE_SESSION_NAME": "me",
    ]

    private func fetch(_ variables: [String: String], _ transport: FakeTransport) async throws -> AWSCredentials? {
        try await WebIdentityCredentials(
            environment: AWSEnvironment(variables),
            region: "eu-central-1",
            transport: transport,
            seams: world.seams
        ).fetch()
    }

    @Test("Asks STS, unsigned, with the token of the file")
    func asks() async throws {
        world.setFile("/token", "jwt+=\n")
        let transport = FakeTransport { _ in
            .text(
                """
                <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
                <AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
                <Expiration>2025-11-22T18:00:00Z</Expiration></Credentials>
                </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
                """
            )
        }
        #expect(try await fetch(variables, transport) == documented)
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://sts.eu-central-1.amazonaws.com/")
        #expect(request.headers.contains(name: "authorization") == false)
        let form = String(decoding: request.body, as: UTF8.self)
        #expect(form.contains("Action=AssumeRoleWithWebIdentity&"))
        #expect(form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&RoleSessionName=me&"))
        #expect(form.contains("WebIdentityToken=jwt%2B%3D"))
    }

    @Test("Failures")
    func failures() async throws {
        let refusing = FakeTransport { _ in
            .text(
                "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>Old.</Message></Error></ErrorResponse>",
                status: 400)
        }
        #expect(try await fetch([:], refusing) == nil)
        await #expect(throws: AWSError.self) { try await fetch(variables, refusing) }
        #expect(refusing.requests.isEmpty)
        world.setFile("/token", "jwt")
        await #expect(throws: AWSError.self) { try await fetch(["AWS_WEB_IDENTITY_TOKEN_FILE": "/token"], refusing) }
        let error = await #expect(throws: AWSError.self) { try await fetch(variables, refusing) }
        #expect(error?.code == .credentials)
        #expect(error?.serviceCode == "ExpiredTokenException")
    }
}
