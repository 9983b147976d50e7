#if PostgreSQL
import Synchronization

/// What a task waits for: one read statement, or a piece of work in a session. It is answered once.
final class PoolRequest: Sendable {
    /// What a connection is asked to do.
    enum Task: Sendable {
        /// One statement outside of transactions, which may share a pipeline with others.
        case lookup(PostgreSQLCall)
        case session(SessionKind, lane: PostgreSQLPool.Lane, @Sendable (PostgreSQLSession) throws -> Void)
    }

    /// What surrounds the work in a session.
    enum SessionKind: Sendable {
        case write, read
        /// No transaction, and no time-out unless one is given.
        case bare(statementTimeout: Duration?)
    }

    /// What the waiting task gets: rows for a lookup.
    typealias Answer = Result<PostgreSQLRows?, any Error>

    private typealias Continuation = CheckedContinuation<Void, Never>

    private enum State {
        case waiting(Continuation?)
        case running(Continuation, interrupt: Waker?)
        case interrupted(Continuation)
        case answered(Answer)

        var continuation: Continuation? {
            switch self {
            case .waiting(let continuation): continuation
            case .running(let continuation, _), .interrupted(let continuation): continuation
            case .answered: nil
            }
        }
    }

    let task: Task
    /// When the task asked.
    let asked: ContinuousClock.Instant
    private let state = Mutex(State.waiting(nil))
    private let tries: Mutex<Tries>

    private struct Tries {
        var count = 0
        var began: ContinuousClock.Instant?
        var waitEnds: ContinuousClock.Instant
    }

    init(_ task: Task, waitLimit: Duration) {
        self.task = task
        asked = .now
        tries = Mutex(Tries(waitEnds: asked + waitLimit))
    }

    /// When the request has waited for too long.
    var waitEnds: ContinuousClock.Instant { tries.withLock { $0.waitEnds } }

    /// How often it was tried.
    var attempts: Int { tries.withLock { $0.count } }

    /// The time since the first try began.
    var elapsed: Duration { tries.withLock { $0.began.map { ContinuousClock.now - $0 } ?? .zero } }

    /// Counts another try, after which it may wait once more.
    func noteAttempt(waitLimit: Duration) {
        tries.withLock { tries in
            tries.count += 1
            tries.began = tries.began ?? .now
            tries.waitEnds = .now + waitLimit
        }
    }

    var lane: PostgreSQLPool.Lane {
        if case .session(_, let lane, _) = task { lane } else { .prompt }
    }

    /// Waits for the answer, after `submit` has put the request into a queue.
    func answer(submit: () -> Void) async throws -> PostgreSQLRows? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNew = state.withLock { state in
                    guard case .waiting = state else { return false }
                    state = .waiting(continuation)
                    return true
                }
                // Else it was cancelled before.
                if isNew { submit() } else { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
        return try state.withLock { state throws in
            guard case .answered(let answer) = state else { throw CancellationError() }
            return try answer.get()
        }
    }

    /// Marks the request as taken by a thread; false where nobody waits any more.
    ///
    /// - Parameter interrupt: wakes the thread where the task is cancelled; nil where the work is finished all the same.
    func begin(interrupt: Waker?) -> Bool {
        let hasBegun = state.withLock { state in
            switch state {
            case .waiting(let continuation?), .running(let continuation, _):
                state = .running(continuation, interrupt: interrupt)
                return true
            case .waiting(nil), .interrupted, .answered: return false
            }
        }
        // It was cancelled between two attempts.
        if isInterrupted { finish(.failure(CancellationError())) }
        return hasBegun
    }

    /// Whether the task was cancelled while its work runs.
    var isInterrupted: Bool {
        state.withLock { state in
            if case .interrupted = state { true } else { false }
        }
    }

    /// Hands the answer over, unless there was one.
    func finish(_ answer: Answer) {
        let continuation = state.withLock { state -> Continuation? in
            let continuation = state.continuation
            if case .answered = state { return nil }
            state = .answered(answer)
            return continuation
        }
        continuation?.resume()
    }

    /// What waits is given up at once, as is a lookup, which others share a pipeline with. A session that may be
    /// interrupted is; another one goes on.
    private func cancel() {
        let (continuation, waker) = state.withLock { state -> (Continuation?, Waker?) in
            switch state {
            case .running(let continuation, let waker?):
                state = .interrupted(continuation)
                return (nil, waker)
            case .running where !isLookup: return (nil, nil)
            case .waiting, .running:
                let continuation = state.continuation
                state = .answered(.failure(CancellationError()))
                return (continuation, nil)
            case .interrupted, .answered: return (nil, nil)
            }
        }
        continuation?.resume()
        waker?.wake()
    }

    private var isLookup: Bool { if case .lookup = task { true } else { false } }
}
#endif
