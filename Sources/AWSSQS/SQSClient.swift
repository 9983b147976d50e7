package import AWSRuntime

/// One Amazon SQS queue. Calls go to the endpoint that the client has configured; the queue URL is only data.
///
/// Every operation may be carried out more than once: SQS delivers at least once anyway.
package struct SQSClient: Sendable {
    static let service = AWSService("sqs")

    let client: AWSClient
    /// The queue, such as `https://sqs.eu-central-1.amazonaws.com/123456789012/clicks`.
    package let queueURL: String
    /// The most body bytes in one batch, and so in one message.
    package let maximumBatchBytes: Int

    /// Makes a client for a queue.
    ///
    /// - Parameters:
    ///   - client: The process's AWS client; its owner shuts it down.
    ///   - queueURL: The queue's URL.
    ///   - maximumBatchBytes: To be raised only with the queue's `MaximumMessageSize`.
    /// - Throws: `AWSError` with code `configuration` when the URL names no queue.
    package init(client: AWSClient, queueURL: String, maximumBatchBytes: Int = SQSLimits.batchBytes) throws {
        guard ServiceEndpoint(parsing: queueURL)?.basePath.isEmpty == false else {
            throw AWSError(
                .configuration,
                "The SQS queue URL should look like https://sqs.eu-central-1.amazonaws.com/123456789012/clicks."
            )
        }
        self.client = client
        self.queueURL = queueURL
        self.maximumBatchBytes = maximumBatchBytes
    }

    func call<Output: Decodable>(
        _ name: String,
        _ input: some Encodable,
        attemptTimeout: Duration? = nil,
        maximumResponseBytes: Int = 256 << 10
    ) async throws -> Output {
        let operation = AWSJSONOperation(
            service: Self.service,
            targetPrefix: "AmazonSQS",
            name: name,
            attemptTimeout: attemptTimeout,
            maximumResponseBytes: maximumResponseBytes
        )
        return try await client.callJSON(operation, input)
    }

    /// Sends entries in batches until each has a result.
    ///
    /// - Parameters:
    ///   - entry: Makes the entry at a position; its id is the position.
    ///   - success: Makes the result of an accepted entry, or throws `AWSError`.
    /// - Throws: `CancellationError`; everything else is an entry's result.
    func sendBatches<Entry: Encodable, Success>(
        _ operation: String,
        _ state: SQSBatchState<Success>,
        entry: (Int) -> Entry,
        success: (Int, SQSShapes.BatchSuccess) throws(AWSError) -> Success
    ) async throws -> [Result<Success, AWSError>] {
        var state = state
        while true {
            switch state.next() {
            case .finished:
                return state.results
            case .pause(let retry):
                try await client.backOff(beforeRetry: retry)
            case .send(let batch):
                do {
                    let input = SQSShapes.BatchInput(queueURL: queueURL, entries: batch.map(entry))
                    let output: SQSShapes.BatchOutput = try await call(operation, input)
                    state.answered(batch, Self.answers(output, operation: operation, success: success))
                } catch let error as AWSError {
                    state.failed(batch, error)
                }
            }
        }
    }

    private static func answers<Success>(
        _ output: SQSShapes.BatchOutput,
        operation: String,
        success: (Int, SQSShapes.BatchSuccess) throws(AWSError) -> Success
    ) -> [Int: Result<Success, AWSError>] {
        var answers: [Int: Result<Success, AWSError>] = [:]
        for failed in output.failed ?? [] {
            guard let entry = Int(failed.id) else { continue }
            let error = AWSError(
                .service,
                "\(operation) refused an entry: \(failed.message ?? "SQS gave no reason.")",
                serviceCode: failed.code,
                isRetryable: !failed.senderFault
            )
            answers[entry] = .failure(error)
        }
        for accepted in output.successful ?? [] {
            guard let entry = Int(accepted.id) else { continue }
            do {
                answers[entry] = .success(try success(entry, accepted))
            } catch {
                answers[entry] = .failure(error)
            }
        }
        return answers
    }
}
