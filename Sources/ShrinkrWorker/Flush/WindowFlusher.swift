import ClickQueue
import Logging
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore

/// Flushes the window: one transaction in the store, then the messages are deleted.
///
/// In that order a crash in between only makes messages come again, and the store's ledger knows their frames.
struct WindowFlusher: Sendable {
    private static let loop = "flush"

    let window: LockedFlushWindow
    let stats: any StatsStore
    let receiver: any ClickQueueReceiver
    let metrics: WorkerMetrics
    let readiness: WorkerReadiness
    let heartbeat: Heartbeat
    let time: MonotonicTime
    let wallClock: WallClock
    let logger: Logger

    /// Flushes until the window is drained or the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            heartbeat.beat(Self.loop)
            let generation = window.changed.generation
            let now = time.now()
            switch window.read({ $0.next(at: now) }) {
            case .flush: await flush()
            case .probe: await probe()
            case .finished:
                heartbeat.end(Self.loop)
                return
            case .wait(let end):
                let beat = now + Heartbeat.interval
                await time.wait(for: window.changed, after: generation, until: min(end ?? beat, beat))
            }
        }
        heartbeat.end(Self.loop)
    }

    private func flush() async {
        let frames = window.update { $0.beginFlush() }
        let start = time.now()
        do {
            let outcome = try await stats.add(frames, at: wallClock.now())
            let receipts = window.update { $0.flushSucceeded() }
            recordSuccess(outcome, frames: frames.count, duration: time.now() - start)
            await delete(receipts)
        } catch StoreError.refused(let reason) {
            let now = time.now()
            if let frame = window.update({ $0.flushRefused(at: now) }) { recordRefusal(of: frame, reason) }
        } catch {
            recordFailure(error)
            let now = time.now()
            let receipts = window.update { $0.flushFailed(at: now) }
            await release(receipts)
        }
    }

    /// Deletes what is counted. Where no message can be deleted, all come again for as long as that lasts: harmless, but
    /// somebody should know.
    private func delete(_ receipts: [MessageReceipt]) async {
        guard !receipts.isEmpty else { return }
        let failed = await receiver.delete(receipts)
        metrics.deletesFailed.increment(by: failed)
        readiness.set(canDelete: failed < receipts.count)
    }

    private func recordSuccess(_ outcome: AddOutcome, frames: Int, duration: Duration) {
        metrics.record(outcome, frames: frames)
        metrics.flushDuration.observe(duration)
        metrics.lastFlush.set(Double(wallClock.now().milliseconds) / 1_000)
        readiness.set(canCount: true)
        logger.debug(
            "clicks flushed",
            metadata: [
                "flush.frames": "\(frames)", "flush.counted": "\(outcome.counted)",
                "flush.orphaned": "\(outcome.orphaned)", "flush.duplicate_frames": "\(outcome.duplicateFrames)",
            ])
    }

    private func recordRefusal(of held: HeldFrame, _ reason: String) {
        metrics.refusedMessages.increment()
        logger.warning(
            "the store refuses a frame; its message is left to the queue",
            metadata: [
                "frame.journal": "\(held.frames.first?.id.journal ?? "")",
                "frame.number": "\(held.frames.first?.id.number ?? 0)", "frame.clicks": "\(held.clicks)",
                "error": "\(reason)",
            ])
    }

    private func recordFailure(_ error: any Error) {
        metrics.flushFailures.increment()
        readiness.set(canCount: false)
        logger.warning("flushing clicks failed", metadata: ["error": "\(error)"])
    }

    private func release(_ receipts: [MessageReceipt]) async {
        guard !receipts.isEmpty else { return }
        metrics.messagesReleased.increment(by: receipts.count)
        logger.warning("clicks given back to the queue", metadata: ["queue.messages": "\(receipts.count)"])
        _ = await receiver.changeVisibility(receipts, timeout: .zero)
    }

    /// An empty flush, which the store makes a transaction of all the same.
    private func probe() async {
        let isWorking: Bool
        do {
            _ = try await stats.add([], at: wallClock.now())
            isWorking = true
        } catch {
            isWorking = false
            logger.debug("the store still fails", metadata: ["error": "\(error)"])
        }
        readiness.set(canCount: isWorking)
        let now = time.now()
        window.update { $0.probed(isWorking: isWorking, at: now) }
    }
}
