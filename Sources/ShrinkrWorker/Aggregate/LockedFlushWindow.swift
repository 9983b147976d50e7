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

    /// Looks without waking anybody.
    func read<Value: Sendable>(_ look: (FlushWindow) -> Value) -> Value {
        window.withLock { look($0) }
    }

    /// See ``FlushWindow/receiptsToExtend(at:)``; nobody waits for that.
    func receiptsToExtend(at now: Duration) -> [MessageReceipt] {
        window.withLock { $0.receiptsToExtend(at: now) }
    }
}
