package import AWSSQS
package import ShrinkrCore

/// The dead-letter queue of the click queue: where SQS puts messages that no worker could count.
package struct DeadLetterQueue: Sendable {
    /// For how long messages are hidden while they are looked at.
    private static let visibilityTimeout = Duration.seconds(900)
    /// Receives in a row without a new message after which all have been seen.
    private static let receivesInVain = 3

    private let source: SQSClient
    private let queue: SQSClient

    /// - Parameter source: the click queue.
    package init(_ queue: SQSClient, of source: SQSClient) {
        self.queue = queue
        self.source = source
    }

    /// The queue's URL.
    package var url: String { queue.queueURL }

    /// Hands over each message once, at most `limit`, and lets all that were not deleted be seen again.
    ///
    /// - Parameter body: Gets up to ten messages; returns those that are done with and are to be deleted.
    /// - Throws: `AWSError`, `CancellationError`, and what `body` throws; messages then show again by themselves.
    package func forEachBatch(
        limit: Int, _ body: ([DeadLetter]) async throws -> [DeadLetter]
    ) async throws {
        var seen: Set<String> = []
        var kept: [String] = []
        var inVain = 0
        while seen.count < limit {
            let messages = try await queue.receiveMessages(
                maxMessages: min(SQSLimits.batchEntries, limit - seen.count), waitTime: .seconds(1),
                visibilityTimeout: Self.visibilityTimeout)
            let new = messages.filter { seen.insert($0.id).inserted }
            if messages.isEmpty { break }
            guard !new.isEmpty else {
                inVain += 1
                if inVain == Self.receivesInVain { break }
                continue
            }
            inVain = 0
            let done = Set(try await body(new.map(DeadLetter.init)).map(\.message.receiptHandle))
            kept += new.map(\.receiptHandle).filter { !done.contains($0) }
            for result in try await queue.deleteMessages(Array(done)) { try result.get() }
        }
        _ = try await queue.changeVisibility(kept.map { SQSVisibilityChange(receiptHandle: $0, timeout: .zero) })
    }

    /// Sends messages to the click queue again.
    ///
    /// - Returns: those that the queue has accepted.
    package func redrive(_ letters: [DeadLetter]) async throws -> [DeadLetter] {
        let results = try await source.sendMessages(letters.map(\.message.body))
        return zip(letters, results).filter { if case .success = $0.1 { true } else { false } }.map(\.0)
    }
}

/// A message of the dead-letter queue, and what this version makes of it.
package struct DeadLetter: Sendable {
    package let message: SQSMessage
    /// The frames, or why the message holds none.
    package let content: Result<FrameMessage, ClickFrameError>

    package init(_ message: SQSMessage) {
        self.message = message
        content = Result { () throws(ClickFrameError) in try FrameMessage(wire: message.body) }
    }

    /// The frames in the message; nil where it holds none.
    package var frames: [FrameMessage.Frame]? { try? content.get().frames }
}
