import Crypto

/// The MD5 that SQS sends along so that a client can notice a changed body; no protection against anybody.
enum MessageDigest {
    /// Whether a body has the MD5, given as hexadecimal digits. Without one there is nothing to compare.
    static func matches(_ body: String, _ md5: String?) -> Bool {
        guard let md5 else { return true }
        let actual = Insecure.MD5.hash(data: Array(body.utf8))
        return actual.elementsEqual(pairs(md5))
    }

    private static func pairs(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { byte in Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return [] }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
