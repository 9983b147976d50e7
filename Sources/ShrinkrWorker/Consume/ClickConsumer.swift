import ClickQueue
import FoundationEssentials
import Logging
import ShrinkrCore
import ShrinkrObservability

/// One receiver: takes messages from the queue, counts their frames and hands them to the window.
///
/// A message that cannot be read is left alone: the queue hides it for its visibility timeout, hands it out again, and
/// in the end moves it to the dead-letter queue, while the others go on.
struct ClickConsumer: Sendable {
    let name: String
    let receiver: any ClickQueueReceiver
    let counter: FrameCounter
    let window: SharedWindow
    let configuration: WorkerConfiguration
    let metrics: WorkerMetrics
    let readiness: Readiness
    let heartbeat: Heartbeat
    let time: MonotonicTime
    let logger: Logger

    /// Receives until the task is cancelled. What was received by then is in the window.
    func run() async {
        var failures = 0
        // The first receive does not wait, so that the worker soon knows whether the queue can be reached.
        var wait: Duration = .zero
        while !Task.isCancelled {
            heartbeat.beat(name)
            guard await hasRoom() else { continue }
            do {
                try await receive(wait: wait)
                failures = 0
                wait = configuration.receiveWait
            } catch  where Task.isCancelled {
                break
            } catch {
                failures += 1
                await recover(from: error, failures: failures)
            }
        }
        heartbeat.end(name)
    }

    /// Whether the window takes messages; waits a while for it.
    private func hasRoom() async -> Bool {
        let generation = window.changed.generation
        if window.read({ $0.hasRoom }) { return true }
        await time.wait(for: window.changed, after: generation, until: time.now() + Heartbeat.interval)
        return false
    }

    private func receive(wait: Duration) async throws {
        let messages = try await receiver.receive(maximum: configuration.messagesPerReceive, wait: wait)
        // Read after the call: an answer that was long on its way leaves less time, which the early extension covers.
        let now = time.now()
        readiness.markReady(WorkerService.queueComponent, part: WorkerService.receivingPart)
        metrics.messagesReceived.increment(by: messages.count)
        for message in messages {
            guard let frame = read(message) else { continue }
            let held = HeldFrame(
                frame: counter.count(frame, body: message.body), receipt: message.receipt, bytes: message.body.count,
                visibleAgain: now + configuration.flush.visibilityTimeout)
            window.update { $0.hold(held, at: now) }
            // Reading ten large frames takes a while; others want the thread too.
            await Task.yield()
        }
    }

    private func read(_ message: ReceivedMessage) -> ClickFrame? {
        do {
            return try ClickFrame(wire: Data(message.body))
        } catch {
            switch error {
            case .unknownVersion: metrics.unknownVersionMessages.increment()
            case .malformed, .tooLarge: metrics.malformedMessages.increment()
            }
            logger.debug(
                "message cannot be counted",
                metadata: ["error": "\(error)", "queue.receive_count": "\(message.receiveCount)"])
            return nil
        }
    }

    private func recover(from error: any Error, failures: Int) async {
        metrics.receiveFailures.increment()
        readiness.markNotReady(
            WorkerService.queueComponent, part: WorkerService.receivingPart, reason: "messages cannot be received")
        if failures == 1 { logger.warning("receiving clicks fails", metadata: ["error": "\(error)"]) }
        let doublings = min(failures - 1, 30)
        let pause = min(configuration.firstReceivePause * (1 << doublings), configuration.maximumReceivePause)
        try? await time.sleep(for: pause)
    }
}
