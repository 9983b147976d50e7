import NIOHTTP1

/// One operation of a service that speaks the AWS query protocol: a form in, XML out (Smithy, "AWS query protocol").
package struct AWSQueryOperation: Sendable {
    package let service: AWSService
    /// The version of the service's interface, a date.
    package let version: String
    package let name: String
    /// The largest response body accepted.
    package let maximumResponseBytes: Int

    package init(service: AWSService, version: String, name: String, maximumResponseBytes: Int = 4 << 20) {
        self.service = service
        self.version = version
        self.name = name
        self.maximumResponseBytes = maximumResponseBytes
    }
}

extension AWSClient {
    /// Calls an AWS query operation: a POST of its parameters to the root of the service's endpoint.
    ///
    /// - Returns: The content of the answer's result element.
    /// - Throws: As `execute(_:)`; also `AWSError` with code `malformedResponse` when the answer has no result.
    package func callQuery(_ operation: AWSQueryOperation, _ parameters: [QueryItem]) async throws -> XMLScanner {
        let fields = [QueryItem("Action", operation.name), QueryItem("Version", operation.version)] + parameters
        let request = AWSRequest(
            service: operation.service,
            operation: operation.name,
            endpoint: try endpoint(for: operation.service),
            method: .POST,
            headers: [SigningHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(PercentEncoding.query(fields).utf8),
            errorFormat: .xml,
            maximumResponseBytes: operation.maximumResponseBytes
        )
        let response = try await execute(request)
        let document = XMLScanner(response.body)
        guard let result = document.element("\(operation.name)Response")?.element("\(operation.name)Result") else {
            throw AWSError(
                .malformedResponse,
                "The answer to \(operation.name) is not the XML it should be",
                httpStatus: response.status,
                requestID: response.requestID
            )
        }
        return result
    }
}
