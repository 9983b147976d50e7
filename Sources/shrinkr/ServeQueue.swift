import ClickQueue
import ShrinkrAPI
import ShrinkrLaunch
import WorkerLaunch

/// Both ends of the click queue of one process.
struct ServeQueue {
    let sender: any ClickQueueSender
    let receiver: any ClickQueueReceiver
    let isEmbedded: Bool

    /// SQS where a queue URL is set, else a queue in memory: the journal then keeps each click until it is counted.
    init(_ reader: SettingsReader, settings: SharedSettings, aws: SharedAWSClient) async throws {
        guard let url = settings.clickQueueURL else {
            let queue = try await WorkerLaunch.embeddedQueue(reader)
            (sender, receiver, isEmbedded) = (queue, queue, true)
            return
        }
        let client = try aws.client()
        sender = SQSClickSender(client: try Startup.makeSQSClient(client, queueURL: url))
        receiver = try await WorkerLaunch.sqsReceiver(reader, client: client, queueURL: url)
        isEmbedded = false
    }
}
