import GRDB
import ShrinkrStore
import Synchronization

/// Short writes that share transactions: all that come while a commit waits for the disk go into the next one together.
///
/// Each has a savepoint, so that it fails alone, and each gets its answer after the commit. Where one of them ends the
/// whole transaction, as a full disk does, each is tried again in one of its own. Where the transaction cannot begin or be
/// committed, all fail.
///
/// Other transactions of the process have their turn in between.
final class GroupedWrites: Sendable {
    /// Most writes of a transaction: with some 50 µs for each, others wait little longer for it than for the disk.
    static let mostAtOnce = 256
    /// Most writes that wait; further ones fail at once.
    static let mostWaiting = 10_000

    private struct State {
        var waiting: [PendingWrite] = []
        /// Whether a turn is on its way that takes what waits.
        var hasTurn = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// How many writes wait for their turn.
    var waiting: Int { state.withLock(\.waiting.count) }

    /// Runs `body` in a transaction, which is committed unless `body` throws. It may run twice, if nothing is left of the
    /// first time.
    ///
    /// Cancelling the task gives a write up that waits, and leaves one alone that has begun.
    /// - Parameter admit: Asked when the write has its turn; what it throws is its end.
    func run<Value: Sendable>(
        admit: @escaping @Sendable () throws -> Void, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let result = Box<Value>()
        let write = PendingWrite(admit: admit) { database in
            let value = try body(database)
            result.value.withLock { $0 = value }
        }
        try await write.answer { submit(write) }
        guard let value = result.value.withLock({ $0 }) else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }

    private func submit(_ write: PendingWrite) {
        let (isTaken, needsTurn) = state.withLock { state in
            guard state.waiting.count < Self.mostWaiting else { return (false, false) }
            state.waiting.append(write)
            defer { state.hasTurn = true }
            return (true, !state.hasTurn)
        }
        guard isTaken else {
            return write.finish(.failure(StoreError.unavailable(reason: "too many others wait for the database")))
        }
        if needsTurn { takeTurn() }
    }

    private func takeTurn() {
        pool.asyncWriteWithoutTransaction { [self] database in
            let (writes, isMore) = state.withLock { state in
                let writes = Array(state.waiting.prefix(Self.mostAtOnce))
                state.waiting.removeFirst(writes.count)
                state.hasTurn = !state.waiting.isEmpty
                return (writes, state.hasTurn)
            }
            perform(writes.filter { $0.begin() }, database)
            if isMore { takeTurn() }
        }
    }

    private func perform(_ writes: [PendingWrite], _ database: Database) {
        guard writes.count > 1 else { return writes.forEach { performAlone($0, database) } }
        var outcomes: [Result<Void, any Error>] = []
        do {
            try database.inTransaction(.immediate) {
                for write in writes { outcomes.append(try database.inOwnSavepoint(write.body)) }
                return .commit
            }
        } catch is TransactionEnded {
            return writes.forEach { performAlone($0, database) }
        } catch {
            return writes.forEach { $0.finish(.failure(error)) }
        }
        for (write, outcome) in zip(writes, outcomes) { write.finish(outcome) }
    }

    private func performAlone(_ write: PendingWrite, _ database: Database) {
        write.finish(
            Result {
                try database.inTransaction(.immediate) {
                    try write.body(database)
                    return .commit
                }
            })
    }

    /// Carries what a write returns to the task that waits for it.
    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}

/// A transaction that several writes shared is gone, through the fault of one of them.
private struct TransactionEnded: Error {}

extension Database {
    /// Runs a part of a transaction of which nothing is left where it fails.
    ///
    /// - Throws: ``TransactionEnded``.
    fileprivate func inOwnSavepoint(_ body: (Database) throws -> Void) throws -> Result<Void, any Error> {
        do {
            try cachedStatement(sql: "SAVEPOINT write").execute()
            try body(self)
            try cachedStatement(sql: "RELEASE write").execute()
            return .success(())
        } catch {
            guard isInsideTransaction else { throw TransactionEnded() }
            do {
                try cachedStatement(sql: "ROLLBACK TO write").execute()
                try cachedStatement(sql: "RELEASE write").execute()
            } catch {
                throw TransactionEnded()
            }
            return .failure(error)
        }
    }
}

/// A write that a task waits for. It is answered once.
private final class PendingWrite: Sendable {
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

    /// Waits for the answer, once `submit` has put the write into the queue.
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

    /// False where the write is answered already, or comes too late.
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
