import AWSRuntime
import Crypto

extension SQSClient {
    /// Receives messages, waiting for the first one if there are none.
    ///
    /// A message whose body does not match its checksum is left out; it shows again after its visibility timeout, and
    /// ends in the dead-letter queue if it stays so.
    ///
    /// - Parameters:
    ///   - maxMessages: 1 to 10; fewer may come.
    ///   - waitTime: Up to `SQSLimits.waitTime`, in whole seconds; the longest wait costs least.
    ///   - visibilityTimeout: How long the messages stay hidden from others; `nil`: the queue's own.
    /// - Returns: No messages after a wait in vain.
    /// - Throws: `AWSError`; `CancellationError` promptly when the task is cancelled.
    package func receiveMessages(
        maxMessages: Int = SQSLimits.batchEntries,
        waitTime: Duration = SQSLimits.waitTime,
        visibilityTimeout: Duration? = nil
    ) async throws -> [SQSMessage] {
        guard (1...SQSLimits.batchEntries).contains(maxMessages) else {
            throw AWSError(.argument, "A receive takes 1 to \(SQSLimits.batchEntries) messages, not \(maxMessages)")
        }
        guard (.zero...SQSLimits.waitTime).contains(waitTime) else {
            throw AWSError(.argument, "A receive waits for 0 to \(SQSLimits.waitTime), not \(waitTime)")
        }
        if let visibilityTimeout, let error = Self.refusal(visibilityTimeout) { throw error }
        let output: SQSShapes.ReceiveOutput = try await call(
            "ReceiveMessage",
            SQSShapes.ReceiveInput(
                queueURL: queueURL,
                maximum: maxMessages,
                waitSeconds: waitTime.components.seconds,
                visibilitySeconds: visibilityTimeout?.components.seconds
            ),
            attemptTimeout: waitTime + SQSLimits.receiveMargin,
            maximumResponseBytes: SQSLimits.receiveResponseBytes
        )
        return (output.messages ?? []).compactMap(Self.verified)
    }

    private static func verified(_ message: SQSShapes.ReceivedMessage) -> SQSMessage? {
        let body = Array(message.body.utf8)
        guard MessageDigest.matches(body, message.bodyMD5) else { return nil }
        return SQSMessage(
            id: message.id,
            receiptHandle: message.receiptHandle,
            body: body,
            receiveCount: message.attributes?["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1,
            sentAt: message.attributes?["SentTimestamp"].flatMap { Int64($0) }
        )
    }

    /// Why a visibility timeout cannot be asked for.
    static func refusal(_ timeout: Duration) -> AWSError? {
        if (.zero...SQSLimits.visibilityTimeout).contains(timeout) { return nil }
        return AWSError(.argument, "A visibility timeout is 0 to \(SQSLimits.visibilityTimeout), not \(timeout)")
    }
}

/// The MD5 that SQS sends along so that a client can notice a changed body; no protection against anybody.
enum MessageDigest {
    /// Whether a body has the MD5, given as hexadecimal digits. Without one there is nothing to compare.
    static func matches(_ body: [UInt8], _ md5: String?) -> Bool {
        guard let md5 else { return true }
        let actual = Insecure.MD5.hash(data: body)
        return actual.elementsEqual(pairs(md5))
    }

    private static func pairs(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { byte in Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return [] }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
