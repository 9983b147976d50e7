#if PostgreSQL
import ShrinkrBase
import Synchronization

/// What a listener's thread has heard, until a task takes it.
final class ListenerMailbox: Sendable {
    /// Most payloads that are kept. Where more come, all are dropped and ``PostgreSQLListener/Event/connected`` says so.
    static let capacity = 4_096

    private struct State {
        var payloads: [[UInt8]] = []
        var hasMissed = false
        var loss: String?
        var isClosed = false
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let changed = ChangeSignal()
    private let time = MonotonicTime(ContinuousClock())
    /// Wakes the thread; nil where there is no descriptor left, and so no thread.
    let waker = try? Waker()

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func add(_ payloads: [[UInt8]]) {
        if payloads.isEmpty { return }
        state.withLock { state in
            state.payloads += payloads
            guard state.payloads.count > Self.capacity else { return }
            state.payloads = []
            state.hasMissed = true
        }
        changed.send()
    }

    func connected() {
        state.withLock { state in
            state.payloads = []
            state.hasMissed = true
            state.loss = nil
        }
        changed.send()
    }

    func lost(_ reason: String) {
        state.withLock { $0.loss = reason }
        changed.send()
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.loss = "the listener was closed"
        }
        waker?.wake()
        changed.send()
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        changed.send()
    }

    func ended() async {
        while true {
            let generation = changed.generation
            if state.withLock({ $0.hasEnded }) { return }
            await changed.wait(after: generation)
        }
    }

    func wait(upTo limit: Duration) async -> PostgreSQLListener.Event {
        let end = time.now() + limit
        while true {
            let generation = changed.generation
            if let event = take() { return event }
            if Task.isCancelled || time.now() >= end { return .nothing }
            await time.wait(for: changed, after: generation, until: end)
        }
    }

    func take() -> PostgreSQLListener.Event? {
        state.withLock { state in
            if let loss = state.loss {
                // Said once, unless there is nothing more to come.
                if !state.isClosed { state.loss = nil }
                return .lost(loss)
            }
            if state.hasMissed {
                state.hasMissed = false
                return .connected
            }
            guard !state.payloads.isEmpty else { return nil }
            defer { state.payloads = [] }
            return .notices(state.payloads)
        }
    }
}
#endif
