/// An access key with its secret, and for temporary credentials the session token and the end of its life.
///
/// Printing, logging, dumping or reflecting a value shows the access key's id and the expiry, never a secret.
package struct AWSCredentials: Sendable, Hashable {
    /// The public id, such as `AKIA…` or `ASIA…`.
    package let accessKeyID: String
    /// The secret that signs.
    package let secretAccessKey: String
    /// The token that goes with temporary credentials.
    package let sessionToken: String?
    /// When AWS stops accepting these credentials; `nil` for long-lived keys.
    package let expiration: UTCTime?

    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: UTCTime? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "AWSCredentials(\(accessKeyID), expires: \(expiration?.basicFormat ?? "never"))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror {
        Mirror(self, children: ["accessKeyID": accessKeyID], displayStyle: .struct)
    }
}
