package import AWSRuntime
import AWSSigning
import FoundationEssentials
import NIOHTTP1

/// Amazon S3: writing and reading whole objects.
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
    ///   - condition: When to write.
    /// - Throws: `AWSError`; `CancellationError`. A condition that does not hold is an outcome, not an error.
    package func putObject(
        bucket: String,
        key: String,
        body: [UInt8],
        contentType: String,
        contentEncoding: String? = nil,
        condition: S3WriteCondition = .always
    ) async throws -> S3PutOutcome {
        guard body.count <= Self.maximumPutBytes else {
            throw AWSError(
                .argument, "The object has \(body.count) bytes; at most \(Self.maximumPutBytes) are written.")
        }
        var request = try request("PutObject", .PUT, bucket: bucket, key: key)
        request.body = body
        request.attemptTimeout = .seconds(10 + body.count >> 20)
        request.headers = [
            SigningHeader("content-type", contentType),
            SigningHeader("x-amz-checksum-crc32", Data(CRC32.bytes(of: body)).base64EncodedString()),
        ]
        if let contentEncoding { request.headers.append(SigningHeader("content-encoding", contentEncoding)) }
        switch condition {
        case .always: break
        case .ifAbsent: request.headers.append(SigningHeader("if-none-match", "*"))
        case .ifMatch(let etag): request.headers.append(SigningHeader("if-match", etag))
        }
        do {
            let response = try await client.execute(request)
            return .written(etag: response.headers.first(name: "etag") ?? "")
        } catch let error as AWSError where Self.isPreconditionFailure(error, condition) {
            return .preconditionFailed
        }
    }

    /// Reads an object; a checksum that S3 keeps is verified.
    ///
    /// - Parameter maximumBytes: The largest body accepted.
    /// - Returns: `nil` when there is no object of that key.
    /// - Throws: `AWSError`; `CancellationError`.
    package func getObject(bucket: String, key: String, maximumBytes: Int) async throws -> S3Object? {
        var request = try request("GetObject", .GET, bucket: bucket, key: key)
        request.headers = [SigningHeader("x-amz-checksum-mode", "ENABLED")]
        request.attemptTimeout = .seconds(10 + maximumBytes >> 20)
        request.maximumResponseBytes = maximumBytes
        do {
            let response = try await client.execute(request)
            try Self.verify(response)
            return S3Object(
                body: response.body,
                etag: response.headers.first(name: "etag") ?? "",
                contentType: response.headers.first(name: "content-type"),
                contentEncoding: response.headers.first(name: "content-encoding")
            )
        } catch let error as AWSError where error.serviceCode == "NoSuchKey" {
            return nil
        }
    }

    private func request(_ operation: String, _ method: HTTPMethod, bucket: String, key: String) throws -> AWSRequest {
        guard S3Location.isBucketName(bucket[...]) else {
            throw AWSError(.argument, "The bucket's name is malformed.")
        }
        guard (1...Self.maximumKeyBytes).contains(key.utf8.count) else {
            throw AWSError(.argument, "An object's key has 1 to \(Self.maximumKeyBytes) bytes.")
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

    /// `If-Match` on a key that is gone is answered with 404.
    private static func isPreconditionFailure(_ error: AWSError, _ condition: S3WriteCondition) -> Bool {
        switch condition {
        case .always: false
        case .ifAbsent: error.httpStatus == 412
        case .ifMatch: error.httpStatus == 412 || error.serviceCode == "NoSuchKey"
        }
    }

    /// A checksum with a dash is that of a multipart upload's parts, not of the body.
    private static func verify(_ response: TransportResponse) throws {
        guard let checksum = response.headers.first(name: "x-amz-checksum-crc32"), !checksum.contains("-") else {
            return
        }
        guard Data(CRC32.bytes(of: response.body)).base64EncodedString() == checksum else {
            throw AWSError(
                .integrity,
                "The object's content does not match its checksum.",
                requestID: response.requestID,
                isRetryable: true
            )
        }
    }
}
