import ClickQueue
import ShrinkrBase
import ShrinkrStore

/// Writes reports beside the counting: a round at the start, one after every interval, and one when all is flushed.
struct ReportLoop: Sendable {
    let publisher: ReportPublisher
    let window: LockedFlushWindow
    let interval: Duration
    let time: MonotonicTime

    /// Runs until the round after the last flush is over, or the task is cancelled.
    func run() async {
        var claims: [DueReport] = []
        while !Task.isCancelled {
            let isLast = window.read { $0.isFinished }
            claims = await publisher.publishDue(lettingGo: claims)
            if isLast { return }
            await pause()
        }
    }

    private func pause() async {
        let end = time.now() + interval
        while !Task.isCancelled, time.now() < end {
            let generation = window.changed.generation
            if window.read({ $0.isFinished }) { return }
            await time.wait(for: window.changed, after: generation, until: end)
        }
    }
}
