import FoundationEssentials
import NIOHTTP1

/// One operation of a service that speaks AWS JSON (Smithy, "AWS JSON 1.0 protocol" and "AWS JSON 1.1 protocol").
package struct AWSJSONOperation: Sendable {
    package let service: AWSService
    /// The protocol's version, `1.0` or `1.1`; the client reads the errors of both.
    package let version: String
    /// The service's shape name, such as `AmazonSQS`; with the operation's name it is the `X-Amz-Target` header.
    package let targetPrefix: String
    package let name: String
    /// The longest one attempt may take; `nil`: the client's configuration.
    package var attemptTimeout: Duration?
    /// The largest response body accepted.
    package var maximumResponseBytes: Int

    package init(
        service: AWSService,
        version: String = "1.0",
        targetPrefix: String,
        name: String,
        attemptTimeout: Duration? = nil,
        maximumResponseBytes: Int = 256 << 10
    ) {
        self.service = service
        self.version = version
        self.targetPrefix = targetPrefix
        self.name = name
        self.attemptTimeout = attemptTimeout
        self.maximumResponseBytes = maximumResponseBytes
    }
}

extension AWSClient {
    /// Calls an AWS JSON operation: a POST of the input to the root of the service's endpoint.
    ///
    /// - Throws: As `execute(_:)`; also `AWSError` with code `malformedResponse` when the answer does not decode.
    package func callJSON<Output: Decodable>(
        _ operation: AWSJSONOperation,
        _ input: some Encodable,
        as output: Output.Type = Output.self
    ) async throws -> Output {
        try await callJSON(operation, body: Array(try JSONEncoder().encode(input)))
    }

    /// As ``callJSON(_:_:as:)``, of an input that is JSON text already.
    package func callJSON<Output: Decodable>(
        _ operation: AWSJSONOperation,
        body: [UInt8],
        as output: Output.Type = Output.self
    ) async throws -> Output {
        let request = AWSRequest(
            service: operation.service,
            operation: operation.name,
            endpoint: try endpoint(for: operation.service),
            method: .POST,
            headers: [
                SigningHeader("content-type", "application/x-amz-json-\(operation.version)"),
                SigningHeader("x-amz-target", "\(operation.targetPrefix).\(operation.name)"),
            ],
            body: body,
            errorFormat: .json,
            attemptTimeout: operation.attemptTimeout,
            maximumResponseBytes: operation.maximumResponseBytes
        )
        let response = try await execute(request)
        do {
            return try JSONDecoder().decode(output, from: Data(response.body))
        } catch {
            throw AWSError(
                .malformedResponse,
                "The answer to \(operation.name) is not the JSON it should be",
                httpStatus: response.status,
                requestID: response.requestID
            )
        }
    }
}
