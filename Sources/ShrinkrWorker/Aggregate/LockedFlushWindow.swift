import ClickQueue
import ShrinkrBase
import Synchronization

/// The flush window as receivers, flusher and extender share it.
final class LockedFlushWindow: Sendable {
    private let window: Mutex<FlushWindow>
    /// Sent after every change that somebody may wait for.
    let changed = ChangeSignal()

    init(policy: FlushPolicy) {
        window = Mutex(FlushWindow(policy: policy))
    }

    /// Changes the window and wakes who waits for that.
    func update<Value: Sendable>(_ change: (inout FlushWindow) -> Value) -> Value {
        defer { changed.send() }
        return window.withLock { change(&$0) }
    }

    /// Holds a frame. That wakes others only where it changes what they wait for: most frames neither fill the window nor
    /// are the first to become due.
    func hold(_ frame: HeldFrame, at now: Duration) {
        let isAwaited = window.withLock { window in
            let before = Deadlines(window, at: now)
            window.hold(frame, at: now)
            return Deadlines(window, at: now) != before
        }
        if isAwaited { changed.send() }
    }

    /// What flusher and extender wait for.
    private struct Deadlines: Equatable {
        private let step: FlushWindow.Step
        private let nextExtension: Duration?

        init(_ window: FlushWindow, at now: Duration) {
            step = window.next(at: now)
            nextExtension = window.nextExtension
        }
    }

    /// Looks without waking anybody.
    func read<Value: Sendable>(_ look: (FlushWindow) -> Value) -> Value {
        window.withLock { look($0) }
    }

    /// See ``FlushWindow/receiptsToExtend(at:)``; nobody waits for that.
    func receiptsToExtend(at now: Duration) -> [MessageReceipt] {
        window.withLock { $0.receiptsToExtend(at: now) }
    }
}
