/// Asks a credential source a bounded number of times, each within a short timeout.
struct MetadataFetcher: Sendable {
    let transport: any AWSTransport
    let seams: AWSSeams
    let maximumAttempts: Int
    let delay: Duration

    /// Sends a request until it is answered with anything but a 5xx or 429.
    ///
    /// - Throws: The last attempt's `AWSError`; `CancellationError`.
    func send(_ request: TransportRequest) async throws -> TransportResponse {
        var attempt = 1
        while true {
            let isLast = attempt >= maximumAttempts
            do {
                let response = try await transport.send(request)
                if isLast || (response.status < 500 && response.status != 429) { return response }
            } catch let error as AWSError where !isLast && error.isRetryable {}
            attempt += 1
            try await seams.sleep(delay)
        }
    }
}
