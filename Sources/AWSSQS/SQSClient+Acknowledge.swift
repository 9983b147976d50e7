package import AWSRuntime

extension SQSClient {
    /// Deletes deliveries, in batches of ten.
    ///
    /// - Returns: One result per receipt handle, in order. Deleting twice is a success; a handle that is too old is a
    ///   failure, and its message will be delivered again.
    /// - Throws: `CancellationError`.
    package func deleteMessages(_ receiptHandles: [String]) async throws -> [Result<Void, AWSError>] {
        let sizes = Array(repeating: 0, count: receiptHandles.count)
        let state = SQSBatchState<Void>(sizes: sizes, maximumBytes: maximumBatchBytes)
        return try await sendBatches("DeleteMessageBatch", state) { positions in
            try batch(positions.map { SQSShapes.DeleteEntry(id: String($0), receiptHandle: receiptHandles[$0]) })
        } success: { _, _ in
        }
    }

    /// Sets how long deliveries stay hidden from now, in batches of ten.
    ///
    /// - Returns: One result per change, in order; a delivery that is visible again already is a failure.
    /// - Throws: `CancellationError`.
    package func changeVisibility(_ changes: [SQSVisibilityChange]) async throws -> [Result<Void, AWSError>] {
        let sizes = Array(repeating: 0, count: changes.count)
        var state = SQSBatchState<Void>(sizes: sizes, maximumBytes: maximumBatchBytes)
        for (index, change) in changes.enumerated() {
            if let error = Self.refusal(change.timeout) { state.refuse(index, error) }
        }
        return try await sendBatches("ChangeMessageVisibilityBatch", state) { positions in
            try batch(
                positions.map {
                    SQSShapes.VisibilityEntry(
                        id: String($0),
                        receiptHandle: changes[$0].receiptHandle,
                        seconds: changes[$0].timeout.components.seconds
                    )
                })
        } success: { _, _ in
        }
    }
}
