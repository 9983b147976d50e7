import NIOHTTP1

/// The role of an EC2 instance, from the instance metadata service version 2
/// (Amazon EC2 user guide, "Use the Instance Metadata Service to access instance metadata"). Version 1 is not tried.
package struct InstanceMetadataCredentials: CredentialProvider {
    /// The service's link-local address.
    package static let address = "http://169.254.169.254"
    /// One attempt of 1 s, as in botocore: elsewhere than on EC2 nobody answers, and this is the last place asked.
    static let timeout: Duration = .seconds(1)
    static let maximumAttempts = 1
    /// How long the session token is asked to live; the longest allowed.
    static let tokenLifetimeSeconds = 21_600

    private static let rolePath = "/latest/meta-data/iam/security-credentials/"

    private let environment: AWSEnvironment
    private let fetcher: MetadataFetcher

    /// Asks the address in `AWS_EC2_METADATA_SERVICE_ENDPOINT`, or the usual one, unless
    /// `AWS_EC2_METADATA_DISABLED` is `true`.
    package init(environment: AWSEnvironment, transport: any AWSTransport, seams: AWSSeams = AWSSeams()) {
        self.environment = environment
        self.fetcher = MetadataFetcher(
            transport: transport,
            seams: seams,
            maximumAttempts: Self.maximumAttempts,
            delay: .seconds(1)
        )
    }

    package func fetch() async throws -> AWSCredentials? {
        if environment.isTrue("AWS_EC2_METADATA_DISABLED") { return nil }
        let base = try baseURL()
        guard let token = try await sessionToken(base) else { return nil }
        guard let role = try await role(base, token: token) else { return nil }
        let response = try await get(base + Self.rolePath + PercentEncoding.component(role), token: token)
        guard response.status == 200 else { throw Self.unexpected(response) }
        return try CredentialDocument.credentials(in: response, from: "The instance metadata service")
    }

    private func baseURL() throws -> String {
        guard let text = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] else { return Self.address }
        guard let endpoint = ServiceEndpoint(parsing: text) else {
            throw AWSError(.configuration, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL such as \(Self.address)")
        }
        return endpoint.url(encodedPath: "", encodedQuery: "")
    }

    /// Opens a session; `nil` when this is no EC2 instance.
    private func sessionToken(_ base: String) async throws -> String? {
        let request = TransportRequest(
            method: .PUT,
            url: base + "/latest/api/token",
            headers: ["x-aws-ec2-metadata-token-ttl-seconds": String(Self.tokenLifetimeSeconds)],
            timeout: Self.timeout
        )
        let response: TransportResponse
        do {
            response = try await fetcher.send(request)
        } catch is AWSError {
            return nil
        }
        guard response.status == 200 else { return nil }
        let token = String(decoding: response.body, as: UTF8.self)
        return token.isEmpty || token.contains(where: \.isNewline) ? nil : token
    }

    /// The name of the instance's role; `nil` when it has none.
    private func role(_ base: String, token: String) async throws -> String? {
        let response = try await get(base + Self.rolePath, token: token)
        if response.status == 404 { return nil }
        guard response.status == 200 else { throw Self.unexpected(response) }
        let names = String(decoding: response.body, as: UTF8.self).split(whereSeparator: \.isNewline)
        return names.first.map(String.init)
    }

    private func get(_ url: String, token: String) async throws -> TransportResponse {
        let headers: HTTPHeaders = ["x-aws-ec2-metadata-token": token]
        do {
            return try await fetcher.send(
                TransportRequest(method: .GET, url: url, headers: headers, timeout: Self.timeout)
            )
        } catch let error as AWSError {
            throw AWSError(.credentials, "The instance metadata service failed: \(error.message)", isRetryable: true)
        }
    }

    private static func unexpected(_ response: TransportResponse) -> AWSError {
        AWSError(
            .credentials,
            "The instance metadata service answered with status \(response.status)",
            httpStatus: response.status,
            isRetryable: response.status >= 500
        )
    }
}

/// Asks a credential source a bounded number of times, each within a short timeout.
struct MetadataFetcher: Sendable {
    let transport: any AWSTransport
    let seams: AWSSeams
    let maximumAttempts: Int
    let delay: Duration

    /// Sends a request until it is answered with anything but a 5xx or 429.
    ///
    /// - Throws: The last attempt's `AWSError`; `CancellationError`.
    func send(_ request: TransportRequest) async throws -> TransportResponse {
        var attempt = 1
        while true {
            let isLast = attempt >= maximumAttempts
            do {
                let response = try await transport.send(request)
                if isLast || (response.status < 500 && response.status != 429) { return response }
            } catch let error as AWSError where !isLast && error.isRetryable {}
            attempt += 1
            try await seams.sleep(delay)
        }
    }
}
