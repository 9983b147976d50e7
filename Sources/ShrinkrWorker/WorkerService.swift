import ClickQueue
import ServiceLifecycle
import ShrinkrBase
import ShrinkrObservability

/// The worker: receives clicks, counts them, and writes reports, until it is told to stop.
///
/// On graceful shutdown it stops receiving at once, flushes what it holds, writes the reports that this makes due, and
/// returns. What it cannot flush within the drain deadline it gives back to the queue. Cancellation stops it at once;
/// messages then come again after their visibility timeout. Either way nothing is lost, and nothing counts twice.
package struct WorkerService: Service {
    /// When its loops last came round.
    package let heartbeat: Heartbeat

    let consumers: [ClickConsumer]
    let flusher: WindowFlusher
    let extender: VisibilityExtender
    let reports: ReportLoop?
    let window: LockedFlushWindow
    let receiver: any ClickQueueReceiver
    let drainDeadline: Duration
    let metrics: WorkerMetrics
    let time: MonotonicTime

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await work() }
            group.addTask { await enforceDrainDeadline() }
            await group.next()
            group.cancelAll()
        }
    }

    private func work() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await extender.run() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await consume() }
                group.addTask { await flusher.run() }
                if let reports { group.addTask { await reports.run() } }
            }
            group.cancelAll()
        }
    }

    /// Receives until shutdown; then no more frames come, and the window is drained.
    private func consume() async {
        await withTaskGroup(of: Void.self) { group in
            for consumer in consumers {
                group.addTask { await cancelWhenGracefulShutdown { await consumer.run() } }
            }
        }
        let now = time.now()
        window.update { $0.drain(at: now) }
    }

    /// Returns some time after the start of a graceful shutdown, having given back what is still held.
    private func enforceDrainDeadline() async {
        do {
            try await gracefulShutdown()
            try await time.sleep(for: drainDeadline)
        } catch {
            // The work has ended before.
            return
        }
        let receipts = window.update { $0.abandon() }
        guard !receipts.isEmpty else { return }
        metrics.messagesReleased.increment(by: receipts.count)
        _ = await receiver.changeVisibility(receipts, timeout: .zero)
    }
}
