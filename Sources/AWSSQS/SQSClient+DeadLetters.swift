import AWSRuntime

extension SQSClient {
    /// The client of this queue's dead-letter queue; nil where it has none.
    ///
    /// A dead-letter queue lives in the same region and account as its source (SQS developer guide, "Using dead-letter
    /// queues"), so its URL is the queue's own with another name.
    ///
    /// - Parameter attributes: those of this queue.
    /// - Throws: `AWSError` with code `malformedResponse` where the redrive policy names no queue.
    package func deadLetterQueue(_ attributes: SQSQueueAttributes) throws -> SQSClient? {
        guard let arn = attributes.redrivePolicy?.deadLetterTargetARN else { return nil }
        // arn:aws:sqs:<region>:<account>:<name>
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        let path = queueURL.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "sqs", !parts[5].isEmpty, path.count >= 2 else {
            throw AWSError(.malformedResponse, "The queue's redrive policy names no queue: \(arn).")
        }
        let url = (path.dropLast(2) + [parts[4], parts[5]]).joined(separator: "/")
        return try SQSClient(client: client, queueURL: url, maximumBatchBytes: maximumBatchBytes)
    }
}
