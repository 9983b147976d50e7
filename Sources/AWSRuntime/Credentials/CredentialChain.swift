/// Asks providers in turn; the first that is set up decides.
package struct CredentialChain: CredentialProvider {
    private let providers: [any CredentialProvider]

    /// Asks these, in this order.
    package init(_ providers: [any CredentialProvider]) {
        self.providers = providers
    }

    /// The usual places: environment variables, web identity (EKS, GitHub), profile files, container endpoint
    /// (ECS, EKS Pod Identity), instance metadata (EC2).
    package static func standard(
        environment: AWSEnvironment,
        region: String,
        transport: any AWSTransport,
        seams: AWSSeams = AWSSeams()
    ) -> CredentialChain {
        CredentialChain([
            EnvironmentCredentials(environment: environment),
            WebIdentityCredentials(environment: environment, region: region, transport: transport, seams: seams),
            ProfileCredentials(environment: environment),
            ContainerCredentials(environment: environment, transport: transport, seams: seams),
            InstanceMetadataCredentials(environment: environment, transport: transport, seams: seams),
        ])
    }

    package func fetch() async throws -> AWSCredentials? {
        for provider in providers {
            if let credentials = try await provider.fetch() { return credentials }
        }
        return nil
    }
}

/// Keys in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and perhaps `AWS_SESSION_TOKEN`.
package struct EnvironmentCredentials: CredentialProvider {
    private let environment: AWSEnvironment

    /// Looks into these variables.
    package init(environment: AWSEnvironment) {
        self.environment = environment
    }

    package func fetch() async throws -> AWSCredentials? {
        switch (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) {
        case (let id?, let secret?):
            return AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: environment["AWS_SESSION_TOKEN"]
            )
        case (nil, nil):
            return nil
        default:
            throw AWSError(.credentials, "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither")
        }
    }
}
