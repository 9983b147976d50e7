package import AWSSigning

/// One place where credentials may be found.
package protocol CredentialProvider: Sendable {
    /// Fetches credentials anew; nothing is cached here.
    ///
    /// - Returns: `nil` when this place is not set up at all, so that the next one is asked.
    /// - Throws: `AWSError` with code `credentials` when it is set up and fails; `CancellationError`.
    func fetch() async throws -> AWSCredentials?
}

/// Credentials that are given, for tests and emulators.
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
