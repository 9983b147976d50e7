package import AWSRuntime

/// Credentials that are given.
package struct StaticCredentials: CredentialProvider {
    private let credentials: AWSCredentials

    /// Always answers with these.
    package init(_ credentials: AWSCredentials) {
        self.credentials = credentials
    }

    package func fetch() async throws -> AWSCredentials? {
        credentials
    }
}
