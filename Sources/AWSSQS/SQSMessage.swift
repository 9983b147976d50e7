/// A message as received; its body's checksum has been verified.
package struct SQSMessage: Sendable, Hashable {
    /// The message's id, the same at each delivery.
    package let id: String
    /// What this delivery is deleted or prolonged by; another one at each delivery.
    package let receiptHandle: String
    /// The text that was sent, as UTF-8.
    package let body: [UInt8]
    /// How often the message has been received, this time included; 1 at the first delivery.
    package let receiveCount: Int
    /// When it was first sent, in milliseconds since 1970-01-01T00:00:00Z; nil where the queue does not say.
    package let sentAt: Int64?

    package init(id: String, receiptHandle: String, body: [UInt8], receiveCount: Int, sentAt: Int64? = nil) {
        self.id = id
        self.receiptHandle = receiptHandle
        self.body = body
        self.receiveCount = receiveCount
        self.sentAt = sentAt
    }
}

/// A new time for one delivery to stay hidden.
package struct SQSVisibilityChange: Sendable, Hashable {
    /// The delivery.
    package var receiptHandle: String
    /// From now; whole seconds up to `SQSLimits.visibilityTimeout`. Zero shows the message to others at once.
    package var timeout: Duration

    package init(receiptHandle: String, timeout: Duration) {
        self.receiptHandle = receiptHandle
        self.timeout = timeout
    }
}
