import ClickQueue
import Synchronization

/// Passes everything on to the embedded queue and remembers what was asked; fails as the test says.
final class SpyQueue: ClickQueueReceiver {
    private struct State {
        var failures = 0
        var received = 0
        var changes: [(receipts: [MessageReceipt], timeout: Duration)] = []
        var deleted = 0
        var deletesFail = false
    }

    struct Unreachable: Error {}

    let base: EmbeddedClickQueue
    private let state = Mutex(State())

    init(_ base: EmbeddedClickQueue) {
        self.base = base
    }

    func failNextReceives(_ count: Int) {
        state.withLock { $0.failures = count }
    }

    var received: Int { state.withLock { $0.received } }
    var deleted: Int { state.withLock { $0.deleted } }

    /// How many messages were hidden for `timeout`, counted once per change.
    func changes(to timeout: Duration) -> Int {
        state.withLock { $0.changes.filter { $0.timeout == timeout }.reduce(0) { $0 + $1.receipts.count } }
    }

    func receive(maximum: Int, wait: Duration) async throws -> [ReceivedMessage] {
        try state.withLock { state in
            guard state.failures > 0 else { return }
            state.failures -= 1
            throw Unreachable()
        }
        let messages = try await base.receive(maximum: maximum, wait: wait)
        state.withLock { $0.received += messages.count }
        return messages
    }

    func failDeletes(_ fail: Bool) {
        state.withLock { $0.deletesFail = fail }
    }

    func delete(_ receipts: [MessageReceipt]) async -> Int {
        if state.withLock({ $0.deletesFail }) { return receipts.count }
        state.withLock { $0.deleted += receipts.count }
        return await base.delete(receipts)
    }

    func changeVisibility(_ receipts: [MessageReceipt], timeout: Duration) async -> Int {
        state.withLock { $0.changes.append((receipts, timeout)) }
        return await base.changeVisibility(receipts, timeout: timeout)
    }
}
