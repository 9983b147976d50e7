package import AWSRuntime

extension AWSError {
    /// Whether SQS does not take a message for what is in it, or for its length: sending it again will not help.
    ///
    /// A batch may be refused as a whole for one of its messages (Amazon SQS API reference, `SendMessage`, "Errors").
    package var refusesMessage: Bool {
        switch serviceCode {
        case "InvalidMessageContents", "BatchRequestTooLong", "MessageTooLong": true
        // Of the many meanings of this code only "Message must be shorter than ... bytes" is about one message.
        case "InvalidParameterValue": message.contains("shorter than")
        default: code == .argument
        }
    }
}

extension SQSClient {
    /// Sends messages in as few batches as the limits allow.
    ///
    /// - Parameter bodies: Texts of 1 byte to `maximumBatchBytes`, of characters that XML allows.
    /// - Returns: One result per body, in order: the message's id, or why it was not accepted. A failure with
    ///   `isRetryable` was tried several times and may be sent again later; it may have been accepted all the same.
    /// - Throws: `CancellationError`; what was sent by then stays sent.
    package func sendMessages(_ bodies: [String]) async throws -> [Result<String, AWSError>] {
        var state = SQSBatchState<String>(sizes: bodies.map(\.utf8.count), maximumBytes: maximumBatchBytes)
        for (index, body) in bodies.enumerated() {
            if let error = refusal(body) { state.refuse(index, error) }
        }
        return try await sendBatches("SendMessageBatch", state) { index in
            SQSShapes.SendEntry(id: String(index), body: bodies[index])
        } success: { index, accepted throws(AWSError) in
            guard MessageDigest.matches(bodies[index], accepted.bodyMD5) else {
                throw AWSError(.integrity, "SQS received another message than was sent.", isRetryable: true)
            }
            return accepted.messageID ?? ""
        }
    }

    private func refusal(_ body: String) -> AWSError? {
        let size = body.utf8.count
        if size == 0 { return AWSError(.argument, "An SQS message must not be empty.") }
        if size > maximumBatchBytes {
            return AWSError(
                .argument,
                "The message has \(size) bytes; at most \(maximumBatchBytes) can be sent to the queue."
            )
        }
        guard body.unicodeScalars.allSatisfy(Self.isAllowed) else {
            return AWSError(.argument, "The message has a character that SQS does not accept.")
        }
        return nil
    }

    /// `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`
    /// (Amazon SQS API reference, `SendMessageBatchRequestEntry`).
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
