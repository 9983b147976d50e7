package import AWSRuntime
import FoundationEssentials

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
                "The SQS queue URL should look like https://sqs.eu-central-1.amazonaws.com/123456789012/clicks"
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
        try await call(
            name, body: Array(try JSONEncoder().encode(input)), attemptTimeout: attemptTimeout,
            maximumResponseBytes: maximumResponseBytes)
    }

    private func call<Output: Decodable>(
        _ name: String,
        body: [UInt8],
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
        return try await client.callJSON(operation, body: body)
    }

    /// Sends entries in batches until each has a result.
    ///
    /// - Parameters:
    ///   - body: Makes the request of the entries at these positions, which are their ids.
    ///   - success: Makes the result of an accepted entry, or throws `AWSError`.
    /// - Throws: `CancellationError`; everything else is an entry's result.
    func sendBatches<Success>(
        _ operation: String,
        _ state: SQSBatchState<Success>,
        body: ([Int]) throws -> [UInt8],
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
                    let output: SQSShapes.BatchOutput = try await call(operation, body: body(batch))
                    state.answered(batch, Self.answers(output, operation: operation, success: success))
                } catch let error as AWSError {
                    state.failed(batch, error)
                }
            }
        }
    }

    /// The request of a batch.
    func batch(_ entries: [some Encodable]) throws -> [UInt8] {
        Array(try JSONEncoder().encode(SQSShapes.BatchInput(queueURL: queueURL, entries: entries)))
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
                "\(operation) refused an entry: \(failed.message ?? "SQS gave no reason")",
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

/// What Amazon SQS accepts (Amazon SQS developer guide, "Message quotas").
package enum SQSLimits {
    /// Entries in one batch, and messages in one receive.
    package static let batchEntries = 10
    /// Bytes in one batch by default. Queues accept 1 MiB since 2025, but may be configured for less, and 256 KiB is
    /// what a queue made before accepts.
    package static let batchBytes = 256 << 10
    /// The longest wait of a receive.
    package static let waitTime: Duration = .seconds(20)
    /// The longest visibility timeout.
    package static let visibilityTimeout: Duration = .seconds(43_200)
    /// How much longer than the wait a receive may take.
    static let receiveMargin: Duration = .seconds(10)
    /// The largest answer to a receive: ten messages of 1 MiB, in which each character of two bytes is escaped with six.
    static let receiveResponseBytes = 32 << 20
    /// How often the entries of a batch are tried that fail for a moment.
    static let entryAttempts = 3
}
