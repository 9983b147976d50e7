package import AWSSQS
package import ClickQueue

/// Receives clicks from Amazon SQS.
package struct SQSClickReceiver: ClickQueueReceiver {
    /// Batches that are deleted or changed at the same time: after a flush there may be a hundred.
    static let parallelBatches = 8

    private let client: SQSClient
    private let visibilityTimeout: Duration

    /// - Parameter visibilityTimeout: asked for with every receive, whatever the queue's own setting is; must be that of
    ///   the worker's ``FlushPolicy``.
    package init(client: SQSClient, visibilityTimeout: Duration) {
        self.client = client
        self.visibilityTimeout = visibilityTimeout
    }

    /// - Throws: `AWSError`; `CancellationError`.
    package func receive(maximum: Int, wait: Duration) async throws -> [ReceivedMessage] {
        let messages = try await client.receiveMessages(
            maxMessages: maximum, waitTime: wait, visibilityTimeout: visibilityTimeout)
        return messages.map { message in
            ReceivedMessage(
                receipt: MessageReceipt(handle: message.receiptHandle), body: message.body,
                receiveCount: message.receiveCount)
        }
    }

    package func delete(_ receipts: [MessageReceipt]) async -> Int {
        await countFailures(of: receipts) { part in
            let results = try await client.deleteMessages(part.map(\.handle))
            return results.count { $0.isFailure }
        }
    }

    package func changeVisibility(_ receipts: [MessageReceipt], timeout: Duration) async -> Int {
        await countFailures(of: receipts) { part in
            let changes = part.map { SQSVisibilityChange(receiptHandle: $0.handle, timeout: timeout) }
            let results = try await client.changeVisibility(changes)
            return results.count { $0.isFailure }
        }
    }

    /// Splits receipts over parallel calls. A call that is cancelled has failed for all of its part.
    private func countFailures(
        of receipts: [MessageReceipt], in call: @escaping @Sendable (ArraySlice<MessageReceipt>) async throws -> Int
    ) async -> Int {
        // Whole batches, so that splitting makes no more of them.
        let batches = (receipts.count + SQSLimits.batchEntries - 1) / SQSLimits.batchEntries
        let size = (batches + Self.parallelBatches - 1) / Self.parallelBatches * SQSLimits.batchEntries
        return await withTaskGroup(of: Int.self) { group in
            for start in stride(from: 0, to: receipts.count, by: max(size, 1)) {
                let part = receipts[start..<min(start + size, receipts.count)]
                group.addTask { (try? await call(part)) ?? part.count }
            }
            return await group.reduce(0, +)
        }
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
