import AWSTestSupport
import NIOHTTP1
import Testing

@testable import AWSRuntime

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
        #expect(try await fetch(variables, transport) == documentedCredentials)
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
                "<ErrorResponse><Error><Code>ExpiredTokenException</Code></Error></ErrorResponse>",
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
