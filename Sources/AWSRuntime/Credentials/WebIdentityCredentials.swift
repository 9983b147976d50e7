import NIOHTTP1

/// A role assumed with a token from a file: `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE`, as EKS and CI systems
/// set them (AWS STS API reference, `AssumeRoleWithWebIdentity`; the call is not signed).
package struct WebIdentityCredentials: CredentialProvider {
    static let timeout: Duration = .seconds(5)
    static let maximumAttempts = 3

    private let environment: AWSEnvironment
    private let region: String
    private let seams: AWSSeams
    private let fetcher: MetadataFetcher

    /// Asks STS in that region, or the configured endpoint.
    package init(
        environment: AWSEnvironment,
        region: String,
        transport: any AWSTransport,
        seams: AWSSeams = AWSSeams()
    ) {
        self.environment = environment
        self.region = region
        self.seams = seams
        self.fetcher = MetadataFetcher(
            transport: transport,
            seams: seams,
            maximumAttempts: Self.maximumAttempts,
            delay: .seconds(1)
        )
    }

    package func fetch() async throws -> AWSCredentials? {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let role = environment["AWS_ROLE_ARN"] else {
            throw AWSError(.credentials, "AWS_WEB_IDENTITY_TOKEN_FILE is set, so AWS_ROLE_ARN must be set too")
        }
        guard let token = try seams.readFile(path)?.trimmingWhitespace(), !token.isEmpty else {
            throw AWSError(.credentials, "AWS_WEB_IDENTITY_TOKEN_FILE names a file that is missing or empty")
        }
        let endpoint = try environment.endpoint(for: AWSService("sts"), region: region)
        let request = TransportRequest(
            method: .POST,
            url: endpoint.url(encodedPath: "/", encodedQuery: ""),
            headers: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"],
            body: form(role: role, token: token),
            timeout: Self.timeout
        )
        return try Self.credentials(in: try await send(request))
    }

    private func form(role: String, token: String) -> [UInt8] {
        let session = environment["AWS_ROLE_SESSION_NAME"] ?? "shrinkr-\(seams.now().secondsSinceEpoch)"
        let fields = [
            QueryItem("Action", "AssumeRoleWithWebIdentity"),
            QueryItem("Version", "2011-06-15"),
            QueryItem("RoleArn", role),
            QueryItem("RoleSessionName", session),
            QueryItem("WebIdentityToken", token),
        ]
        return Array(PercentEncoding.query(fields).utf8)
    }

    private func send(_ request: TransportRequest) async throws -> TransportResponse {
        do {
            return try await fetcher.send(request)
        } catch let error as AWSError {
            throw AWSError(.credentials, "AWS STS failed: \(error.message)", isRetryable: true)
        }
    }

    private static func credentials(in response: TransportResponse) throws -> AWSCredentials {
        guard response.status == 200 else {
            var error = ServiceErrorDocument(response, format: .xml)
                .error(response, operation: "AssumeRoleWithWebIdentity")
            error.isRetryable = FailureKind(error).isRetryable
            error.code = .credentials
            throw error
        }
        let document = XMLScanner(response.body)
        guard let id = document.text(of: "AccessKeyId"), let secret = document.text(of: "SecretAccessKey"),
            let token = document.text(of: "SessionToken"),
            let expiration = document.text(of: "Expiration").flatMap(UTCTime.init(iso8601:))
        else {
            throw AWSError(.credentials, "AWS STS answered without credentials", requestID: response.requestID)
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration)
    }
}
