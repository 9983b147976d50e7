import NIOHTTP1
import ShrinkrBase

/// The role of an ECS task or an EKS pod, from the endpoint that the container agent runs
/// (AWS SDKs and Tools reference, "Container credential provider").
package struct ContainerCredentials: CredentialProvider {
    /// The address of the ECS agent.
    package static let agent = "http://169.254.170.2"
    /// The limits of botocore: 3 attempts of 2 s, 1 s apart.
    static let timeout: Duration = .seconds(2)
    static let maximumAttempts = 3

    private let environment: AWSEnvironment
    private let fetcher: MetadataFetcher
    private let seams: AWSSeams
    private let agent: String

    /// Looks for the endpoint in these variables.
    package init(
        environment: AWSEnvironment,
        transport: any AWSTransport,
        seams: AWSSeams = AWSSeams(),
        agent: String = Self.agent
    ) {
        self.environment = environment
        self.seams = seams
        self.agent = agent
        self.fetcher = MetadataFetcher(
            transport: transport,
            seams: seams,
            maximumAttempts: Self.maximumAttempts,
            delay: .seconds(1)
        )
    }

    package func fetch() async throws -> AWSCredentials? {
        guard let url = try url() else { return nil }
        var request = TransportRequest(method: .GET, url: url, timeout: Self.timeout)
        request.headers.add(name: "accept", value: "application/json")
        if let token = try authorizationToken() { request.headers.add(name: "authorization", value: token) }
        let response: TransportResponse
        do {
            response = try await fetcher.send(request)
        } catch let error as AWSError {
            throw AWSError(
                .credentials, "The container credentials endpoint failed: \(error.message)", isRetryable: true)
        }
        guard response.status == 200 else {
            throw AWSError(
                .credentials,
                "The container credentials endpoint answered with status \(response.status)",
                httpStatus: response.status,
                isRetryable: response.status >= 500
            )
        }
        return try CredentialDocument.credentials(in: response, from: "The container credentials endpoint")
    }

    private func url() throws -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw AWSError(.credentials, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must be a path")
            }
            return agent + path
        }
        guard let text = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        guard let endpoint = ServiceEndpoint(parsing: String(text.prefix { $0 != "?" })),
            ContainerHostRule.allows(endpoint), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw AWSError(
                .credentials,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI must use https, or a host that AWS allows for http: "
                    + "loopback, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]"
            )
        }
        return text
    }

    /// The token, read anew each time: EKS replaces the file before the token in it expires.
    private func authorizationToken() throws -> String? {
        var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            guard let text = try seams.readFile(path) else {
                throw AWSError(.credentials, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that does not exist")
            }
            token = text
        }
        guard let token, !token.isEmpty else { return nil }
        guard !token.contains(where: \.isNewline) else {
            throw AWSError(.credentials, "The container authorization token must be one line without a line end")
        }
        return token
    }
}

/// Which hosts may be asked for container credentials: an attacker who sets `AWS_CONTAINER_CREDENTIALS_FULL_URI` must
/// not receive the authorization token (AWS SDKs and Tools reference, "Container credential provider").
enum ContainerHostRule {
    /// Whether the endpoint is HTTPS, on this machine, or one of the addresses of ECS and EKS.
    static func allows(_ endpoint: ServiceEndpoint) -> Bool {
        endpoint.scheme == .https || agents.contains(endpoint.host)
            || HostName.isLoopback(UntrustedText(endpoint.host))
    }

    private static let agents: Set<String> = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
}
