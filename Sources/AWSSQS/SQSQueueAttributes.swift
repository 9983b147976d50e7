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
