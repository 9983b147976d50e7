import ClickQueue
import Logging
import ShrinkrBase
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
    let window: LockedFlushWindow
    let policy: ReceivePolicy
    /// For how long the queue hides a received message.
    let visibilityTimeout: Duration
    let metrics: WorkerMetrics
    let readiness: WorkerReadiness
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
                wait = policy.wait
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
        let messages = try await receiver.receive(maximum: policy.maximumMessages, wait: wait)
        // Read after the call: an answer that was long on its way leaves less time, which the early extension covers.
        let now = time.now()
        readiness.set(canReceive: true)
        metrics.messagesReceived.increment(by: messages.count)
        for message in messages {
            guard let content = read(message) else { continue }
            let held = HeldFrame(
                frames: counter.count(content), receipt: message.receipt, bytes: message.body.count,
                visibleAgain: now + visibilityTimeout)
            window.hold(held, at: now)
            // Reading ten large frames takes a while; others want the thread too.
            await Task.yield()
        }
    }

    private func read(_ message: ReceivedMessage) -> FrameMessage? {
        do {
            return try FrameMessage(wire: message.body)
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
        readiness.set(canReceive: false)
        if failures == 1 { logger.warning("receiving clicks fails", metadata: ["error": "\(error)"]) }
        try? await time.sleep(for: policy.retryDelay(afterFailures: failures))
    }
}

/// How one receiver asks the queue for messages, and what happens when that fails.
package struct ReceivePolicy: Hashable, Sendable {
    /// How long one receive waits for a message: 20 s is the most that SQS allows (SQS developer guide, "Amazon SQS
    /// short and long polling").
    package var wait: Duration = .seconds(20)
    /// Messages that one receive asks for, 1 to 10.
    package var maximumMessages = 10
    /// Pause after a receive that failed; it doubles with each further failure.
    package var firstRetryDelay: Duration = .milliseconds(500)
    /// Longest pause between receives that fail.
    package var maximumRetryDelay: Duration = .seconds(30)

    package init() {}

    /// The pause after the given number of failures in a row, 1 or more.
    package func retryDelay(afterFailures failures: Int) -> Duration {
        let doublings = min(max(failures - 1, 0), 30)
        return min(firstRetryDelay * (1 << doublings), maximumRetryDelay)
    }
}
