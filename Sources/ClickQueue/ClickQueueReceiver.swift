/// The end of the click queue that the worker sees. Delivery is at least once, in any order.
package protocol ClickQueueReceiver: Sendable {
    /// Waits up to `wait` for messages, and returns as soon as there is one. Ends early when the task is cancelled.
    ///
    /// - Parameter maximum: 1 to 10, the most that SQS hands out at once.
    func receive(maximum: Int, wait: Duration) async throws -> [ReceivedMessage]

    /// Deletes messages whose frames are counted. A message that could not be deleted comes again, which is harmless.
    ///
    /// - Returns: how many could not be deleted.
    func delete(_ receipts: [MessageReceipt]) async -> Int

    /// Hides messages for another `timeout` from now; zero makes them visible at once.
    ///
    /// - Returns: how many could not be changed.
    func changeVisibility(_ receipts: [MessageReceipt], timeout: Duration) async -> Int
}

/// A message as it was received.
package struct ReceivedMessage: Sendable {
    package let receipt: MessageReceipt
    package let body: [UInt8]
    /// How many times it has been received, this time included.
    package let receiveCount: Int

    package init(receipt: MessageReceipt, body: [UInt8], receiveCount: Int) {
        self.receipt = receipt
        self.body = body
        self.receiveCount = receiveCount
    }
}

/// Names one receipt of one message (SQS: the receipt handle).
package struct MessageReceipt: Hashable, Sendable {
    package let handle: String

    package init(handle: String) {
        self.handle = handle
    }
}
