import ClickQueue
import ShrinkrBase
import ShrinkrObservability

/// Keeps held messages hidden while they wait for a flush, so that no other worker counts them again in vain.
struct VisibilityExtender: Sendable {
    let window: LockedFlushWindow
    let receiver: any ClickQueueReceiver
    let timeout: Duration
    let metrics: WorkerMetrics
    let time: MonotonicTime

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let generation = window.changed.generation
            let receipts = window.receiptsToExtend(at: time.now())
            if !receipts.isEmpty {
                // A message that could not be hidden comes again, which is harmless.
                metrics.extensionsFailed.increment(by: await receiver.changeVisibility(receipts, timeout: timeout))
            }
            await time.wait(for: window.changed, after: generation, until: window.read { $0.nextExtension })
        }
    }
}
