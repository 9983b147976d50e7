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

/// Hexadecimal text of bytes.
package enum Hexadecimal {
    static let upper = Array("0123456789ABCDEF".utf8)
    private static let lower = Array("0123456789abcdef".utf8)

    /// Two lower-case digits per byte, as AWS writes hashes and signatures.
    package static func lowercase(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.underestimatedCount * 2)
        for byte in bytes {
            digits.append(lower[Int(byte >> 4)])
            digits.append(lower[Int(byte & 0x0F)])
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
