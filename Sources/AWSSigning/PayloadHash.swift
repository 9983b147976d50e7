import Crypto

/// The hash of a request body that goes into the signature.
package struct PayloadHash: Sendable, Hashable {
    /// 64 lower-case hexadecimal digits of SHA-256.
    package let text: String

    /// Hashes a whole body; no bytes is a valid body.
    package init(of body: [UInt8]) {
        self.text = Hexadecimal.lowercase(SHA256.hash(data: body))
    }

    /// Hashes text, such as a canonical request.
    init(of text: String) {
        self.init(of: Array(text.utf8))
    }
}
