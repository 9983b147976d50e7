import AWSRuntime

/// A bucket and a prefix in it, as configured by a text such as `s3://bucket/prefix`.
package struct S3Location: Sendable, Hashable, CustomStringConvertible {
    /// The bucket's name.
    package let bucket: String
    /// The prefix without slashes at its ends; empty for the whole bucket.
    package let prefix: String

    /// Reads `s3://bucket` or `s3://bucket/prefix`.
    ///
    /// - Throws: `AWSError` with code `configuration` that says what is wrong with the text.
    package init(parsing text: String) throws {
        let scheme = "s3://"
        guard text.hasPrefix(scheme) else {
            throw Self.error("must begin with s3://")
        }
        let rest = text.dropFirst(scheme.count)
        let bucket = rest.prefix { $0 != "/" }
        guard Self.isBucketName(bucket) else {
            throw Self.error("names no bucket: 3 to 63 of a-z, 0-9, '.' and '-', a letter or digit at both ends")
        }
        var prefix = rest.dropFirst(bucket.count)
        while prefix.first == "/" { prefix.removeFirst() }
        while prefix.last == "/" { prefix.removeLast() }
        guard !prefix.contains("?"), !prefix.contains("#"), prefix.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
        else {
            throw Self.error("must have no '?', '#' or control character in its prefix")
        }
        guard prefix.utf8.count <= Self.maximumPrefixBytes else {
            throw Self.error("has a prefix of more than \(Self.maximumPrefixBytes) bytes")
        }
        self.bucket = String(bucket)
        self.prefix = String(prefix)
    }

    /// The key of a name under the prefix.
    package func key(_ name: String) -> String {
        prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    package var description: String {
        prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)"
    }

    /// Half of the 1,024 bytes of a key, so that names under the prefix have room.
    static let maximumPrefixBytes = 512

    /// Amazon S3 user guide, "General purpose bucket naming rules".
    static func isBucketName(_ text: Substring) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte)
        }
        let bytes = text.utf8
        guard (3...63).contains(bytes.count), let first = bytes.first, let last = bytes.last,
            isLetterOrDigit(first), isLetterOrDigit(last), !text.contains("..")
        else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func error(_ problem: String) -> AWSError {
        AWSError(.configuration, "The S3 location \(problem); it should look like s3://bucket/prefix")
    }
}
