package import AWSS3

/// Writes reports to Amazon S3.
package struct S3ReportSink: ReportSink {
    /// The objects are gzip files by name and type, without a `Content-Encoding`: Athena, DuckDB and Spark choose the
    /// codec by the name's `.gz`, and an HTTP client that honours the encoding would unpack what it saves under that name.
    static let contentType = "application/gzip"

    private let client: S3Client
    private let root: S3Location

    /// - Parameter root: the bucket and the prefix that all keys begin with.
    package init(client: S3Client, root: S3Location) {
        self.client = client
        self.root = root
    }

    /// - Throws: `AWSError`; `CancellationError`.
    package func write(key: String, bytes: [UInt8]) async throws {
        try await client.putObject(
            bucket: root.bucket, key: root.key(key), body: bytes, contentType: Self.contentType)
    }
}
