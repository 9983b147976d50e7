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
    /// - Parameter bodies: UTF-8 texts of 1 byte to `maximumBatchBytes`, of characters that XML allows.
    /// - Returns: One result per body, in order: the message's id, or why it was not accepted. One with `isRetryable` may
    ///   be sent again later; it may have been accepted all the same.
    /// - Throws: `CancellationError`; what was sent by then stays sent.
    package func sendMessages(_ bodies: [[UInt8]]) async throws -> [Result<String, AWSError>] {
        var state = SQSBatchState<String>(sizes: bodies.map(\.count), maximumBytes: maximumBatchBytes)
        for (index, body) in bodies.enumerated() {
            if let error = refusal(body) { state.refuse(index, error) }
        }
        return try await sendBatches("SendMessageBatch", state) { positions in
            request(positions, bodies)
        } success: { index, accepted throws(AWSError) in
            guard MessageDigest.matches(bodies[index], accepted.bodyMD5) else {
                throw AWSError(.integrity, "SQS received another message than was sent", isRetryable: true)
            }
            return accepted.messageID ?? ""
        }
    }

    /// The request's JSON (Amazon SQS API reference, `SendMessageBatch`), written around the bodies' bytes.
    private func request(_ positions: [Int], _ bodies: [[UInt8]]) -> [UInt8] {
        // A frame is JSON, of which about every tenth byte is a quotation mark.
        let size = positions.reduce(queueURL.utf8.count) { $0 + bodies[$1].count }
        var json = JSONText(capacity: size + size / 4 + 512)
        json.append(#"{"QueueUrl":"#)
        json.append(string: queueURL.utf8)
        json.append(#","Entries":["#)
        for (index, position) in positions.enumerated() {
            if index > 0 { json.append(",") }
            json.append(#"{"Id":"#)
            json.append(string: String(position).utf8)
            json.append(#","MessageBody":"#)
            json.append(string: bodies[position])
            json.append("}")
        }
        json.append("]}")
        return json.bytes
    }

    private func refusal(_ body: [UInt8]) -> AWSError? {
        let size = body.count
        if size == 0 { return AWSError(.argument, "An SQS message must not be empty") }
        if size > maximumBatchBytes {
            return AWSError(
                .argument,
                "The message has \(size) bytes; at most \(maximumBatchBytes) can be sent to the queue"
            )
        }
        guard Self.isAllowed(body) else {
            return AWSError(.argument, "The message has a character that SQS does not accept")
        }
        return nil
    }

    /// `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`
    /// (Amazon SQS API reference, `SendMessageBatchRequestEntry`).
    private static func isAllowed(_ body: [UInt8]) -> Bool {
        guard body.allSatisfy({ $0 >= 0x20 || $0 == 0x9 || $0 == 0xA || $0 == 0xD }) else { return false }
        // Of longer characters UTF-8 allows all of these, and U+FFFE and U+FFFF besides.
        guard body.contains(where: { $0 >= 0x80 }) else { return true }
        guard let text = String(validating: body, as: UTF8.self) else { return false }
        return !text.unicodeScalars.contains { $0.value == 0xFFFE || $0.value == 0xFFFF }
    }
}
