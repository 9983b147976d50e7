import Crypto

/// AWS Signature Version 4 in the `Authorization` header.
///
/// Pure: the same request, credentials, scope and time always give the same headers, whatever the cache holds.
package enum SignatureV4 {
    private static let algorithm = "AWS4-HMAC-SHA256"

    /// Signs a request.
    ///
    /// - Parameters:
    ///   - request: The parts of the request as they will be sent.
    ///   - credentials: The key to sign with; a session token is signed along.
    ///   - scope: The region and service that the request goes to.
    ///   - time: The time of signing; AWS accepts it for about five minutes (S3: fifteen).
    ///   - keys: Derived keys of earlier signatures.
    /// - Returns: The headers to add to the request: `x-amz-date`, `authorization`, with temporary credentials
    ///   `x-amz-security-token`, and for S3 `x-amz-content-sha256`. A request must not carry them already.
    package static func headers(
        for request: SigningRequest,
        credentials: AWSCredentials,
        scope: SigningScope,
        time: UTCTime,
        keys: SigningKeyCache
    ) -> [SigningHeader] {
        let added = addedHeaders(for: request, credentials: credentials, scope: scope, time: time)
        let canonical = CanonicalRequest(request, adding: added, scope: scope)
        let text = stringToSign(canonical, scope: scope, time: time)
        let key = keys.key(for: credentials, scope: scope, date: time.dateStamp)
        let signature = Hexadecimal.lowercase(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
        let authorization = [
            "\(algorithm) Credential=\(credentials.accessKeyID)/\(scope.text(at: time))",
            "SignedHeaders=\(canonical.signedHeaders)",
            "Signature=\(signature)",
        ].joined(separator: ", ")
        return added + [SigningHeader("authorization", authorization)]
    }

    /// The headers that signing adds before it signs.
    static func addedHeaders(
        for request: SigningRequest,
        credentials: AWSCredentials,
        scope: SigningScope,
        time: UTCTime
    ) -> [SigningHeader] {
        var headers = [SigningHeader("x-amz-date", time.basicFormat)]
        if let token = credentials.sessionToken {
            headers.append(SigningHeader("x-amz-security-token", token))
        }
        if scope.isS3 {
            headers.append(SigningHeader("x-amz-content-sha256", request.payload.text))
        }
        return headers
    }

    /// Step 2: what the derived key signs.
    static func stringToSign(_ canonical: CanonicalRequest, scope: SigningScope, time: UTCTime) -> String {
        [algorithm, time.basicFormat, scope.text(at: time), PayloadHash(of: canonical.text).text]
            .joined(separator: "\n")
    }
}
