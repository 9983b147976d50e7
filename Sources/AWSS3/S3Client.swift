package import AWSRuntime
import CZlib
import FoundationEssentials
import NIOHTTP1

/// Amazon S3: writing whole objects.
package struct S3Client: Sendable {
    /// The largest body written; larger ones would need a multipart upload.
    package static let maximumPutBytes = 100 << 20
    /// The longest key in bytes of UTF-8.
    static let maximumKeyBytes = 1024

    private static let service = AWSService("s3")

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    package init(client: AWSClient) {
        self.client = client
    }

    /// Writes an object with a checksum that S3 verifies and keeps.
    ///
    /// - Parameters:
    ///   - bucket: The bucket's name.
    ///   - key: 1 to 1,024 bytes.
    ///   - body: At most `maximumPutBytes`.
    ///   - contentType: Such as `application/x-ndjson`.
    ///   - contentEncoding: Such as `gzip`.
    /// - Throws: `AWSError`; `CancellationError`.
    package func putObject(
        bucket: String,
        key: String,
        body: [UInt8],
        contentType: String,
        contentEncoding: String? = nil
    ) async throws {
        guard body.count <= Self.maximumPutBytes else {
            throw AWSError(
                .argument, "The object has \(body.count) bytes; at most \(Self.maximumPutBytes) are written")
        }
        var request = try request("PutObject", .PUT, bucket: bucket, key: key)
        request.body = body
        request.attemptTimeout = .seconds(10 + body.count >> 20)
        request.headers = [
            SigningHeader("content-type", contentType),
            SigningHeader("x-amz-checksum-crc32", Self.checksum(of: body)),
        ]
        if let contentEncoding { request.headers.append(SigningHeader("content-encoding", contentEncoding)) }
        _ = try await client.execute(request)
    }

    private func request(_ operation: String, _ method: HTTPMethod, bucket: String, key: String) throws -> AWSRequest {
        guard S3Location.isBucketName(bucket[...]) else {
            throw AWSError(.argument, "The bucket's name is malformed")
        }
        guard (1...Self.maximumKeyBytes).contains(key.utf8.count) else {
            throw AWSError(.argument, "An object's key has 1 to \(Self.maximumKeyBytes) bytes")
        }
        let endpoint = try client.endpoint(for: Self.service)
        // A dot in the bucket's name breaks the certificate's wildcard; an emulator knows no bucket host names.
        let usesPath = endpoint.isCustom || bucket.contains(".")
        let path = "/" + PercentEncoding.path(key)
        return AWSRequest(
            service: Self.service,
            operation: operation,
            endpoint: usesPath ? endpoint : endpoint.withHostLabel(bucket),
            method: method,
            encodedPath: usesPath ? "/\(bucket)\(path)" : path,
            errorFormat: .xml,
            maximumResponseBytes: TransportRequest.maximumErrorBytes
        )
    }

    /// The checksum as S3 writes it: the four bytes of CRC-32 (IEEE 802.3), the highest first, in Base64.
    private static func checksum(of body: [UInt8]) -> String {
        // zlib counts in 32 bits; a body is smaller.
        let checksum = crc32(crc32(0, nil, 0), body, UInt32(body.count))
        return withUnsafeBytes(of: UInt32(truncatingIfNeeded: checksum).bigEndian) { Data($0).base64EncodedString() }
    }
}
