/// Names of the parts of SQS requests and answers (Amazon SQS API reference).
enum SQSShapes {
    struct DeleteEntry: Encodable {
        let id: String
        let receiptHandle: String

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case receiptHandle = "ReceiptHandle"
        }
    }

    struct VisibilityEntry: Encodable {
        let id: String
        let receiptHandle: String
        let seconds: Int64

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case receiptHandle = "ReceiptHandle"
            case seconds = "VisibilityTimeout"
        }
    }

    struct BatchInput<Entry: Encodable>: Encodable {
        let queueURL: String
        let entries: [Entry]

        enum CodingKeys: String, CodingKey {
            case queueURL = "QueueUrl"
            case entries = "Entries"
        }
    }

    struct BatchOutput: Decodable {
        let successful: [BatchSuccess]?
        let failed: [BatchFailure]?

        enum CodingKeys: String, CodingKey {
            case successful = "Successful"
            case failed = "Failed"
        }
    }

    struct BatchSuccess: Decodable {
        let id: String
        let messageID: String?
        let bodyMD5: String?

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case messageID = "MessageId"
            case bodyMD5 = "MD5OfMessageBody"
        }
    }

    struct BatchFailure: Decodable {
        let id: String
        let senderFault: Bool
        let code: String
        let message: String?

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case senderFault = "SenderFault"
            case code = "Code"
            case message = "Message"
        }
    }

    struct ReceiveInput: Encodable {
        let queueURL: String
        let maximum: Int
        let waitSeconds: Int64
        let visibilitySeconds: Int64?
        let systemAttributes = ["ApproximateReceiveCount", "SentTimestamp"]

        enum CodingKeys: String, CodingKey {
            case queueURL = "QueueUrl"
            case maximum = "MaxNumberOfMessages"
            case waitSeconds = "WaitTimeSeconds"
            case visibilitySeconds = "VisibilityTimeout"
            case systemAttributes = "MessageSystemAttributeNames"
        }
    }

    struct ReceiveOutput: Decodable {
        let messages: [ReceivedMessage]?

        enum CodingKeys: String, CodingKey {
            case messages = "Messages"
        }
    }

    struct ReceivedMessage: Decodable {
        let id: String
        let receiptHandle: String
        let body: String
        let bodyMD5: String?
        let attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id = "MessageId"
            case receiptHandle = "ReceiptHandle"
            case body = "Body"
            case bodyMD5 = "MD5OfBody"
            case attributes = "Attributes"
        }
    }

    struct AttributesInput: Encodable {
        let queueURL: String
        let names: [String]

        enum CodingKeys: String, CodingKey {
            case queueURL = "QueueUrl"
            case names = "AttributeNames"
        }
    }

    struct AttributesOutput: Decodable {
        let attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case attributes = "Attributes"
        }
    }
}
