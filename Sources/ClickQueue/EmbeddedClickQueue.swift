import ShrinkrBase
import Synchronization

/// A click queue inside one process, for running without SQS.
///
/// It keeps nothing that could be lost: a send returns only when its frames are counted and deleted, so the click
/// journal stays the one durable copy. Otherwise it behaves as SQS does: a message that is not deleted within the
/// visibility timeout is handed out again.
package final class EmbeddedClickQueue: ClickQueueSender, ClickQueueReceiver {
    /// What is known of a message that was sent.
    private enum Delivery {
        case unknown
        case awaited(CheckedContinuation<SendOutcome, Never>)
        case known(SendOutcome)
    }

    private struct State {
        var queue: EmbeddedQueueState
        var deliveries: [EmbeddedQueueState.MessageID: Delivery] = [:]
        var isClosed = false

        /// Settles a message; the continuation, if there is one, is to be resumed outside the lock.
        mutating func settle(_ id: EmbeddedQueueState.MessageID, _ outcome: SendOutcome)
            -> CheckedContinuation<SendOutcome, Never>?
        {
            switch deliveries[id] {
            case .awaited(let continuation):
                deliveries[id] = nil
                return continuation
            case .unknown:
                deliveries[id] = .known(outcome)
                return nil
            case .known, nil:
                return nil
            }
        }
    }

    private let state: Mutex<State>
    private let visible = ChangeSignal()
    private let time: MonotonicTime

    /// - Parameters:
    ///   - capacity: most messages that are ready for receivers or with them; further sends wait for room.
    ///   - visibilityTimeout: after which a message that was not deleted is handed out again.
    package init(
        capacity: Int = 1_000, visibilityTimeout: Duration = .seconds(30),
        clock: some Clock<Duration> = ContinuousClock()
    ) {
        state = Mutex(State(queue: EmbeddedQueueState(capacity: capacity, visibilityTimeout: visibilityTimeout)))
        time = MonotonicTime(clock)
    }

    /// Ends every send that waits, and lets nothing be sent or received any more.
    package func close() {
        let continuations = state.withLock { state in
            state.isClosed = true
            return state.deliveries.keys.compactMap { state.settle($0, .failed(reason: Self.closedReason)) }
        }
        for continuation in continuations { continuation.resume(returning: .failed(reason: Self.closedReason)) }
        visible.send()
    }

    // MARK: Sending

    package func send(_ frames: [OutgoingFrame]) async -> [SendOutcome] {
        let ids = state.withLock { state -> [EmbeddedQueueState.MessageID]? in
            guard !state.isClosed else { return nil }
            return frames.map { frame in
                let id = state.queue.add(frame.body)
                state.deliveries[id] = .unknown
                return id
            }
        }
        guard let ids else { return frames.map { _ in .failed(reason: Self.closedReason) } }
        visible.send()
        var outcomes: [SendOutcome] = []
        for id in ids { outcomes.append(await outcome(of: id)) }
        return outcomes
    }

    private func outcome(of id: EmbeddedQueueState.MessageID) async -> SendOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome = state.withLock { state -> SendOutcome? in
                    if case .known(let outcome) = state.deliveries[id] {
                        state.deliveries[id] = nil
                        return outcome
                    }
                    state.deliveries[id] = .awaited(continuation)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func withdraw(_ id: EmbeddedQueueState.MessageID) {
        let outcome = SendOutcome.failed(reason: "the send was cancelled")
        let continuation = state.withLock { state in
            state.queue.withdraw(id)
            return state.settle(id, outcome)
        }
        continuation?.resume(returning: outcome)
        visible.send()
    }

    // MARK: Receiving

    package func receive(maximum: Int, wait: Duration) async throws -> [ReceivedMessage] {
        let end = time.now() + wait
        while true {
            let generation = visible.generation
            try Task.checkCancellation()
            let now = time.now()
            let (messages, nextReturn) = try state.withLock { state in
                guard !state.isClosed else { throw ClickQueueError.closed }
                return (state.queue.receive(maximum: maximum, at: now), state.queue.nextReturn)
            }
            if !messages.isEmpty || now >= end { return messages }
            await time.wait(for: visible, after: generation, until: min(end, nextReturn ?? end))
        }
    }

    package func delete(_ receipts: [MessageReceipt]) async -> Int {
        var continuations: [CheckedContinuation<SendOutcome, Never>] = []
        var failures = 0
        state.withLock { state in
            for receipt in receipts {
                guard let id = state.queue.delete(receipt) else {
                    failures += 1
                    continue
                }
                if let continuation = state.settle(id, .accepted) { continuations.append(continuation) }
            }
        }
        for continuation in continuations { continuation.resume(returning: .accepted) }
        visible.send()
        return failures
    }

    package func changeVisibility(_ receipts: [MessageReceipt], timeout: Duration) async -> Int {
        let now = time.now()
        let changed = state.withLock { state in
            receipts.count { state.queue.changeVisibility($0, until: now + timeout, at: now) }
        }
        visible.send()
        return receipts.count - changed
    }

    private static let closedReason = ClickQueueError.closed.description
}

/// Why a click queue could not do what it was asked.
package enum ClickQueueError: Error, Hashable, CustomStringConvertible {
    case closed

    package var description: String {
        switch self {
        case .closed: "the click queue is closed"
        }
    }
}
