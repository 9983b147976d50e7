/// One place where credentials may be found.
package protocol CredentialProvider: Sendable {
    /// Fetches credentials anew; nothing is cached here.
    ///
    /// - Returns: `nil` when this place is not set up at all, so that the next one is asked.
    /// - Throws: `AWSError` with code `credentials` when it is set up and fails; `CancellationError`.
    func fetch() async throws -> AWSCredentials?
}
