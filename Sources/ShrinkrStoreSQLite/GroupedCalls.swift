import GRDB
import ShrinkrStore
import Synchronization

/// Short calls that share turns at the database: while one turn is under way, those that come wait for the next together.
final class GroupedCalls: Sendable {
    /// Most calls of a turn: with some 50 µs for each, others wait little longer for them than for a disk.
    static let mostAtOnce = 256
    /// Most calls that wait; further ones fail at once.
    static let mostWaiting = 10_000

    /// What runs a turn's calls, or says why there is none.
    typealias Turn = @Sendable (Result<Database, any Error>) -> Void

    private struct State {
        var waiting: [PendingCall] = []
        /// Whether a turn is on its way that takes what waits.
        var hasTurn = false
    }

    private let take: @Sendable (@escaping Turn) -> Void
    private let perform: @Sendable ([PendingCall], Database) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - take: Gives a connection to a turn, later, on a thread that may wait.
    ///   - perform: Runs calls, and answers each.
    init(
        take: @escaping @Sendable (@escaping Turn) -> Void,
        perform: @escaping @Sendable ([PendingCall], Database) -> Void
    ) {
        self.take = take
        self.perform = perform
    }

    /// How many calls wait for their turn.
    var waiting: Int { state.withLock(\.waiting.count) }

    /// Runs `body` in a turn that it may share.
    ///
    /// Cancelling the task gives a call up that waits, and leaves one alone that has begun.
    /// - Parameter admit: Asked when the call has its turn; what it throws is its end.
    func run<Value: Sendable>(
        admit: @escaping @Sendable () throws -> Void, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let result = Box<Value>()
        let call = PendingCall(admit: admit) { database in
            let value = try body(database)
            result.value.withLock { $0 = value }
        }
        try await call.answer { submit(call) }
        guard let value = result.value.withLock({ $0 }) else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }

    private func submit(_ call: PendingCall) {
        let (isTaken, needsTurn) = state.withLock { state in
            guard state.waiting.count < Self.mostWaiting else { return (false, false) }
            state.waiting.append(call)
            defer { state.hasTurn = true }
            return (true, !state.hasTurn)
        }
        guard isTaken else {
            return call.finish(.failure(StoreError.unavailable(reason: "too many others wait for the database")))
        }
        if needsTurn { takeTurn() }
    }

    private func takeTurn() {
        take { [self] turn in
            let (calls, isMore) = state.withLock { state in
                let calls = Array(state.waiting.prefix(Self.mostAtOnce))
                state.waiting.removeFirst(calls.count)
                state.hasTurn = !state.waiting.isEmpty
                return (calls, state.hasTurn)
            }
            let begun = calls.filter { $0.begin() }
            switch turn {
            case .success(let database): perform(begun, database)
            case .failure(let error): for call in begun { call.finish(.failure(error)) }
            }
            if isMore { takeTurn() }
        }
    }

    /// Carries what a call returns to the task that waits for it.
    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}

/// A call that a task waits for. It is answered once.
final class PendingCall: Sendable {
    private typealias Continuation = CheckedContinuation<Void, Never>

    private enum State {
        /// Nobody has begun it.
        case waiting(Continuation?)
        case running(Continuation)
        case answered(Result<Void, any Error>)
    }

    let body: @Sendable (Database) throws -> Void
    private let admit: @Sendable () throws -> Void
    private let state = Mutex(State.waiting(nil))

    init(admit: @escaping @Sendable () throws -> Void, body: @escaping @Sendable (Database) throws -> Void) {
        self.admit = admit
        self.body = body
    }

    /// Waits for the answer, once `submit` has put the call into the queue.
    func answer(submit: () -> Void) async throws {
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
            let continuation = state.withLock { state -> Continuation? in
                guard case .waiting(let continuation) = state else { return nil }
                state = .answered(.failure(CancellationError()))
                return continuation
            }
            continuation?.resume()
        }
        try state.withLock { state throws in
            guard case .answered(let answer) = state else { throw CancellationError() }
            try answer.get()
        }
    }

    /// False where the call is answered already, or comes too late.
    func begin() -> Bool {
        let hasBegun = state.withLock { state in
            guard case .waiting(let continuation?) = state else { return false }
            state = .running(continuation)
            return true
        }
        guard hasBegun else { return false }
        do {
            try admit()
            return true
        } catch {
            finish(.failure(error))
            return false
        }
    }

    func finish(_ answer: Result<Void, any Error>) {
        let continuation = state.withLock { state -> Continuation? in
            let continuation: Continuation? =
                switch state {
                case .waiting(let continuation): continuation
                case .running(let continuation): continuation
                case .answered: nil
                }
            if continuation != nil { state = .answered(answer) }
            return continuation
        }
        continuation?.resume()
    }
}
