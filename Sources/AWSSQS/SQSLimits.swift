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
