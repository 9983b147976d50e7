import AWSRuntime
import FoundationEssentials

extension SQSClient {
    private static let attributeNames = [
        "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed",
        "VisibilityTimeout", "MaximumMessageSize", "RedrivePolicy",
    ]

    /// Asks for the queue's counts and settings; also the cheapest way to see whether the queue can be reached.
    ///
    /// - Throws: `AWSError`, with code `malformedResponse` when a count is missing; `CancellationError`.
    package func queueAttributes() async throws -> SQSQueueAttributes {
        let input = SQSShapes.AttributesInput(queueURL: queueURL, names: Self.attributeNames)
        let output: SQSShapes.AttributesOutput = try await call("GetQueueAttributes", input)
        let attributes = output.attributes ?? [:]
        func number(_ name: String) throws -> Int {
            guard let value = attributes[name].flatMap({ Int($0) }) else {
                throw AWSError(.malformedResponse, "SQS did not tell the queue's \(name)")
            }
            return value
        }
        return SQSQueueAttributes(
            visibleMessages: try number("ApproximateNumberOfMessages"),
            inFlightMessages: try number("ApproximateNumberOfMessagesNotVisible"),
            delayedMessages: try number("ApproximateNumberOfMessagesDelayed"),
            visibilityTimeout: .seconds(try number("VisibilityTimeout")),
            maximumMessageBytes: try number("MaximumMessageSize"),
            redrivePolicy: try attributes["RedrivePolicy"].map(Self.redrivePolicy)
        )
    }

    /// The policy is JSON inside JSON, and SQS writes the count as a number or as text.
    private static func redrivePolicy(_ text: String) throws -> SQSQueueAttributes.RedrivePolicy {
        struct Policy: Decodable {
            let target: String
            let count: Int

            enum CodingKeys: String, CodingKey {
                case deadLetterTargetArn, maxReceiveCount
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                target = try container.decode(String.self, forKey: .deadLetterTargetArn)
                if let number = try? container.decode(Int.self, forKey: .maxReceiveCount) {
                    count = number
                } else {
                    let text = try container.decode(String.self, forKey: .maxReceiveCount)
                    count = Int(text) ?? 0
                }
            }
        }
        guard let policy = try? JSONDecoder().decode(Policy.self, from: Data(text.utf8)) else {
            throw AWSError(.malformedResponse, "The queue's redrive policy cannot be read")
        }
        return SQSQueueAttributes.RedrivePolicy(
            deadLetterTargetARN: policy.target,
            maximumReceiveCount: policy.count
        )
    }
}

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
            throw AWSError(.malformedResponse, "The queue's redrive policy names no queue: \(arn)")
        }
        let url = (path.dropLast(2) + [parts[4], parts[5]]).joined(separator: "/")
        return try SQSClient(client: client, queueURL: url, maximumBatchBytes: maximumBatchBytes)
    }
}

/// What SQS tells about a queue; the counts are approximate and lag by up to a minute.
package struct SQSQueueAttributes: Sendable, Hashable {
    /// Where messages go that are received too often.
    package struct RedrivePolicy: Sendable, Hashable {
        /// The dead-letter queue.
        package let deadLetterTargetARN: String
        /// Receives after which a message goes there.
        package let maximumReceiveCount: Int
    }

    /// Messages that can be received.
    package let visibleMessages: Int
    /// Messages that were received and are hidden for now.
    package let inFlightMessages: Int
    /// Messages that are not yet due.
    package let delayedMessages: Int
    /// How long a received message stays hidden, unless the receive says otherwise.
    package let visibilityTimeout: Duration
    /// The largest message in bytes.
    package let maximumMessageBytes: Int
    /// `nil` when the queue has no dead-letter queue.
    package let redrivePolicy: RedrivePolicy?
}
