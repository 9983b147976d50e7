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
                throw AWSError(.malformedResponse, "SQS did not tell the queue's \(name).")
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
            throw AWSError(.malformedResponse, "The queue's redrive policy cannot be read.")
        }
        return SQSQueueAttributes.RedrivePolicy(
            deadLetterTargetARN: policy.target,
            maximumReceiveCount: policy.count
        )
    }
}
