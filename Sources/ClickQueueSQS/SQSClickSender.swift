package import AWSSQS
package import ClickQueue

/// The click queue on SQS, as the API sees it: one message per frame.
package struct SQSClickSender: ClickQueueSender {
    private let client: SQSClient

    package init(client: SQSClient) {
        self.client = client
    }

    package func send(_ frames: [OutgoingFrame]) async -> [SendOutcome] {
        do {
            return try await client.sendMessages(frames.map(\.body)).map { result in
                switch result {
                case .success: .accepted
                case .failure(let error) where error.refusesMessage: .refused(reason: "\(error)")
                case .failure(let error): .failed(reason: "\(error)")
                }
            }
        } catch {
            return frames.map { _ in .failed(reason: "\(error)") }
        }
    }
}
