import AsyncHTTPClient
package import Logging

extension AWSClient {
    /// Makes the client of a process: region, endpoints and credentials as the environment says, and an HTTP client of
    /// its own that `shutdown()` closes.
    ///
    /// - Parameters:
    ///   - environment: The process's environment variables.
    ///   - connections: The connections kept to one host; at least the number of concurrent pollers plus senders.
    ///   - logger: Attempts that fail are logged at debug.
    /// - Throws: `AWSError` with code `configuration` when no region is set or a setting is malformed. Credentials are
    ///   looked for at the first call, or by `checkCredentials()`.
    package static func make(
        environment: AWSEnvironment,
        connections: Int = 16,
        retryPolicy: RetryPolicy = RetryPolicy(),
        seams: AWSSeams = AWSSeams(),
        logger: Logger
    ) throws -> AWSClient {
        let region = try environment.region()
        for service in ["sqs", "s3", "sts"] {
            _ = try environment.endpoint(for: AWSService(service), region: region)
        }
        let httpClient = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClientTransport.configuration(connections: connections)
        )
        let transport = HTTPClientTransport(httpClient)
        return AWSClient(
            environment: environment,
            region: region,
            credentials: CredentialChain.standard(
                environment: environment,
                region: region,
                transport: transport,
                seams: seams
            ),
            transport: transport,
            retryPolicy: retryPolicy,
            seams: seams,
            logger: logger,
            ownedHTTPClient: httpClient
        )
    }
}
