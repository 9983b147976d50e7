import FoundationEssentials
import NIOCore
import Synchronization

/// Keeps requests whose cost grows with the data, or with what one of them may ask for, from taking the server from
/// everybody else: few run at a time, a bounded number waits, and one that takes too long, or whose client has left, is
/// cancelled, which interrupts its query and rolls its transaction back.
final class CostlyWork: Sendable {
    /// What is allowed.
    struct Limits: Hashable, Sendable {
        /// Most that run at a time.
        var running: Int
        /// Most that wait for their turn; further ones are refused at once.
        var waiting: Int
        /// How long one may take, its wait included.
        var deadline: Duration
    }

    /// How often to look whether the client is still there. A client that closes its side of the connection and waits
    /// for the answer all the same gets none that takes longer.
    static let look = Duration.milliseconds(250)

    private struct State {
        var running = 0
        var lastTicket: UInt64 = 0
        /// Those who wait, in the order in which they came.
        var waiting: [(ticket: UInt64, turn: CheckedContinuation<Void, any Error>)] = []
    }

    private let limits: Limits
    private let connections: OpenConnections
    private let state = Mutex(State())

    init(_ limits: Limits, connections: OpenConnections) {
        self.limits = limits
        self.connections = connections
    }

    /// Does the work of a request on `channel` when its turn comes. Work that is done by the time it is cancelled counts: a
    /// change that was committed is never answered as if it were not.
    ///
    /// - Throws: ``Problem`` (503) where too many wait already or it takes too long.
    func run<Value: Sendable>(
        for channel: any Channel, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await self.inTurn(work) }
            group.addTask { try await self.endOfPatience(of: channel) }
            do {
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            } catch {
                group.cancelAll()
                if let value = try? await group.next() { return value }
                throw error
            }
        }
    }

    /// Only ever throws.
    private func endOfPatience<Value>(of channel: any Channel) async throws -> Value {
        let deadline = ContinuousClock.now + limits.deadline
        while true {
            let now = ContinuousClock.now
            guard now < deadline else {
                throw Problem.unavailable(
                    "The answer took longer than \(limits.deadline), and nothing was changed; ask for less at a time.")
            }
            try await Task.sleep(until: min(deadline, now + Self.look))
            guard !connections.hasLeft(channel) else { throw Problem.clientHasLeft }
        }
    }

    private func inTurn<Value>(_ work: @Sendable () async throws -> Value) async throws -> Value {
        try await takeTurn()
        defer { giveTurn() }
        return try await work()
    }

    private func takeTurn() async throws {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: CheckedContinuation<Void, any Error>) in
                let decision: Result<Void, any Error>? = state.withLock { state in
                    // Who is cancelled after this finds itself in the list.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.running < limits.running {
                        state.running += 1
                        return .success(())
                    }
                    guard state.waiting.count < limits.waiting else {
                        return .failure(Problem.unavailable("Too many requests of this kind are under way."))
                    }
                    state.waiting.append((ticket, turn))
                    return nil
                }
                if let decision { turn.resume(with: decision) }
            }
        } onCancel: {
            let turn = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).turn }
            }
            turn?.resume(throwing: CancellationError())
        }
    }

    private func giveTurn() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst().turn
        }
        next?.resume()
    }
}

/// The requests whose cost grows with the data or with what they carry, in classes that do not wait for each other: a list
/// must not wait for all the searches before it.
struct BoundedWork: Sendable {
    /// Searches and statistics, which may look at every row: one of them keeps a core busy, and one core stays free
    /// where there are two.
    let searches: CostlyWork
    /// Lists in the order of creation, which are quick unless most of what they pass over is deleted.
    let lists: CostlyWork
    /// Batches of links: reading up to 1,000 items keeps a core busy, and their transactions take turns.
    let batches: CostlyWork
    /// Files of the pages, for which one request makes many of the API.
    let files: CostlyWork

    /// - Parameter timeout: How long a request may take, its wait included.
    init(timeout: Duration, connections: OpenConnections) {
        let fewCores = max(1, min(2, ProcessInfo.processInfo.activeProcessorCount - 1))
        searches = CostlyWork(.init(running: fewCores, waiting: 16, deadline: timeout), connections: connections)
        batches = CostlyWork(.init(running: fewCores, waiting: 16, deadline: timeout), connections: connections)
        files = CostlyWork(.init(running: 1, waiting: 4, deadline: timeout), connections: connections)
        lists = CostlyWork(.init(running: 2, waiting: 64, deadline: timeout), connections: connections)
    }
}
