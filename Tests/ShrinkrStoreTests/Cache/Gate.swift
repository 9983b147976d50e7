import Synchronization

/// Holds back whoever comes, until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// How many have come, also those that the open gate let through.
    var arrived: Int { state.withLock { $0.arrived } }

    /// Waits until the gate is open. Cancellation opens it, so that a test that runs out of time ends.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { join($0) }
        } onCancel: {
            open()
        }
    }

    private func join(_ waiter: CheckedContinuation<Void, Never>) {
        let isOpen = state.withLock { state in
            state.arrived += 1
            if !state.isOpen { state.waiters.append(waiter) }
            return state.isOpen
        }
        if isOpen { waiter.resume() }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
