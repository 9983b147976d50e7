import FoundationEssentials

/// The JSON that the container endpoint and the instance metadata service answer with.
struct CredentialDocument: Decodable, Sendable {
    private var accessKeyID: String?
    private var secretAccessKey: String?
    private var token: String?
    private var expiration: String?
    private var code: String?
    private var message: String?

    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
        case code = "Code"
        case message = "Message"
    }

    /// Reads a 200 response.
    ///
    /// - Parameter source: What answered, for the error.
    /// - Throws: `AWSError` when the document names a failure, or lacks a key or a readable expiry.
    static func credentials(in response: TransportResponse, from source: String) throws -> AWSCredentials {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(response.body)) else {
            throw AWSError(.credentials, "\(source) did not answer with a credential document")
        }
        if let code = document.code, code != "Success" {
            let reason = [code, document.message].compactMap(\.self).joined(separator: " ")
            throw AWSError(.credentials, "\(source) has no credentials: \(reason)")
        }
        guard let id = document.accessKeyID, let secret = document.secretAccessKey, !id.isEmpty, !secret.isEmpty else {
            throw AWSError(.credentials, "\(source) answered without an access key")
        }
        let expiration = document.expiration.map(UTCTime.init(iso8601:))
        if case .some(.none) = expiration {
            throw AWSError(.credentials, "\(source) answered with an expiry that is no time")
        }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: document.token.flatMap { $0.isEmpty ? nil : $0 },
            expiration: expiration ?? nil
        )
    }
}
