#if PostgreSQL
import Synchronization

/// One thread of a pool, and its connection.
final class PoolWorker {
    /// An idle connection of this age is tried before it is used: what lies in between may have forgotten it.
    private static let maximumIdle: Duration = .seconds(30)
    private static let pingTimeout: Duration = .seconds(2)
    /// Until an old connection is to be replaced again, after the server refused the password.
    private static let renewalPause: Duration = .seconds(30)

    private let core: PoolCore
    private let id: PoolState.Worker
    private let waker: Waker
    private var connection: Connection?
    private var lifeEnds = ContinuousClock.now
    private var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(3))

    init(_ core: PoolCore, _ id: PoolState.Worker, _ waker: Waker) {
        self.core = core
        self.id = id
        self.waker = waker
    }

    /// Works until the pool is closed.
    func run() {
        while true {
            renewOldConnection()
            switch core.state.withLock({ $0.next(id, now: .now) }) {
            case .connect: connect()
            case .backOff(let end): _ = waker.wait(socket: -1, until: end)
            case .rest: rest()
            case .lookups(let requests): look(up: requests)
            case .session(let request): perform(request)
            case .stop:
                connection = nil
                return core.endedThread()
            }
        }
    }

    private func connect() {
        do {
            try makeConnection()
            backoff.reset()
            core.connected(id)
        } catch {
            core.connectFailed(id, error, retryIn: backoff.next())
        }
    }

    /// Takes the place of the connection that there is, if any.
    private func makeConnection() throws(PostgreSQLError) {
        connection = try Connection.connect(core.configuration, waker: waker) { [core] in
            core.state.withLock { $0.isClosed }
        }
        lifeEnds = .now + core.configuration.maximumLife * Double.random(in: 0.8..<1)
    }

    private func rest() {
        guard let connection else {
            _ = waker.wait(socket: -1, until: nil)
            return
        }
        let wake = waker.wait(socket: connection.socket, until: lifeEnds)
        if wake.isReadable { connection.drain() }
        if connection.isBroken { return drop(.lost("PostgreSQL closed the connection")) }
        let isStale = wake.wasWoken && ContinuousClock.now - connection.lastUse > Self.maximumIdle
        if isStale, !connection.ping(timeout: Self.pingTimeout) {
            drop(.lost("PostgreSQL did not answer on an idle connection"))
        }
    }

    /// Makes a connection anew whose life has ended. It stays where the server refuses the password, as after one was
    /// rotated: then nothing else leads to the server until the program is started again with another one.
    private func renewOldConnection() {
        guard connection != nil, ContinuousClock.now >= lifeEnds else { return }
        do {
            try makeConnection()
            core.renewed(id)
        } catch {
            guard error.refusesPassword else { return drop(nil) }
            lifeEnds = .now + Self.renewalPause
            core.passwordRefused(error)
        }
    }

    private func drop(_ error: PostgreSQLError?) {
        connection = nil
        core.disconnected(id, error)
    }
}

// MARK: - Lookups

extension PoolWorker {
    /// Runs statements in one pipeline. Those after one that fails were left out, and have a pipeline of their own.
    private func look(up requests: [PoolRequest]) {
        guard let connection else { return requests.forEach(core.putBack) }
        connection.isInterrupted = { false }
        var rest: [(request: PoolRequest, call: PostgreSQLCall)] = requests.compactMap { request in
            guard case .lookup(let call) = request.task, request.begin(interrupt: nil) else { return nil }
            request.noteAttempt(waitLimit: core.configuration.waitLimit)
            return (request, call)
        }
        while !rest.isEmpty {
            do {
                let outcomes = try run(rest.map(\.call), on: connection)
                rest = zip(rest, outcomes).compactMap { lookup, outcome in
                    switch outcome {
                    case .rows(let rows): lookup.request.finish(.success(rows))
                    case .failed(let error): lookup.request.finish(.failure(error))
                    case .skipped: return lookup
                    }
                    return nil
                }
            } catch {
                drop(error)
                return rest.forEach { retryOrFail($0.request, error) }
            }
        }
    }

    /// Where the session has no settings of its own, a transaction has them.
    private func run(_ calls: [PostgreSQLCall], on connection: Connection) throws(PostgreSQLError) -> [CallOutcome] {
        let configuration = core.configuration
        let timeout = configuration.patience(statementTimeout: configuration.statementTimeout)
        if configuration.preparesStatements { return try connection.run(calls, timeout: timeout) }
        let opening = [
            PostgreSQLCall("BEGIN READ ONLY"),
            configuration.settings(isLocal: true, statementTimeout: configuration.statementTimeout),
        ]
        let outcomes = try connection.run(opening + calls + [PostgreSQLCall("COMMIT")], timeout: timeout)
        if connection.isInTransaction { _ = try connection.run([PostgreSQLCall("ROLLBACK")], timeout: timeout) }
        for case .failed(let error) in outcomes.prefix(2) { return calls.map { _ in .failed(error) } }
        return Array(outcomes.dropFirst(2).dropLast())
    }

    private func retryOrFail(_ request: PoolRequest, _ error: PostgreSQLError) {
        let delay = core.configuration.retryRule.delay(
            after: error, attempts: request.attempts, elapsed: request.elapsed)
        if delay == nil { request.finish(.failure(error)) } else { core.putBack(request) }
    }
}

// MARK: - Sessions

extension PoolWorker {
    private func perform(_ request: PoolRequest) {
        defer { core.finishSession(request.lane) }
        guard let connection else { return core.putBack(request) }
        guard case .session(let kind, let lane, let body) = request.task else { return }
        guard request.begin(interrupt: kind.isFinishedAlways ? nil : waker) else { return }
        connection.isInterrupted = { request.isInterrupted }
        while true {
            request.noteAttempt(waitLimit: core.configuration.waitLimit)
            let session = PostgreSQLSession(
                connection, opening: kind.opening(core.configuration, lane),
                timeout: kind.patience(core.configuration, lane), isInterrupted: { request.isInterrupted })
            do {
                try body(session)
                if !kind.isBare { try session.commit(isReading: kind.isReading) }
                request.finish(.success(nil))
                if kind.isBare || connection.wasCancelled { drop(nil) }
                return
            } catch {
                session.rollBack()
                if !settle(request, kind, error, session.failure, connection) { return }
            }
        }
    }

    /// Answers the request, puts it back, or asks for another attempt on the same connection (true).
    private func settle(
        _ request: PoolRequest, _ kind: PoolRequest.SessionKind, _ error: any Error, _ failure: PostgreSQLError?,
        _ connection: Connection
    ) -> Bool {
        // What the work made of the error does not matter where its transaction is lost without its fault.
        let cause = error as? PostgreSQLError ?? failure
        // A cancellation that comes late would hit another statement, unless it has hit this one.
        let isDoubtful = kind.isBare || connection.wasCancelled
        let isLost = connection.isBroken || isDoubtful
        if isLost { drop(isDoubtful ? nil : cause ?? .lost("the connection to PostgreSQL was lost")) }
        if request.isInterrupted {
            request.finish(.failure(CancellationError()))
            return false
        }
        guard !kind.isBare, let cause,
            let delay = core.configuration.retryRule.delay(
                after: cause, attempts: request.attempts, elapsed: request.elapsed)
        else {
            request.finish(.failure(RetryRule.final(error)))
            return false
        }
        if isLost {
            core.putBack(request)
            return false
        }
        if delay > .zero { _ = waker.wait(socket: -1, until: .now + delay) }
        return true
    }
}

extension PoolRequest.SessionKind {
    var isReading: Bool { if case .read = self { true } else { false } }
    var isBare: Bool { if case .bare = self { true } else { false } }
    /// Whether cancelling the task leaves the work alone.
    var isFinishedAlways: Bool { if case .write = self { true } else { false } }

    /// What goes in front of the first statement.
    func opening(_ configuration: PostgreSQLConfiguration, _ lane: PostgreSQLPool.Lane) -> [PostgreSQLCall] {
        let timeout = lane == .bulk ? configuration.bulkStatementTimeout : configuration.statementTimeout
        let needsSettings = !configuration.preparesStatements || lane == .bulk
        let settings = needsSettings ? [configuration.settings(isLocal: true, statementTimeout: timeout)] : []
        switch self {
        // Not READ WRITE: a standby would refuse that as unsupported, and not say that it takes no writes.
        case .write: return [PostgreSQLCall("BEGIN ISOLATION LEVEL READ COMMITTED")] + settings
        case .read: return [PostgreSQLCall("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")] + settings
        case .bare(let timeout):
            guard configuration.preparesStatements else { return [] }
            return [configuration.settings(isLocal: false, statementTimeout: timeout ?? .zero)]
        }
    }

    /// The longest wait for an answer.
    func patience(_ configuration: PostgreSQLConfiguration, _ lane: PostgreSQLPool.Lane) -> Duration? {
        switch self {
        case .write, .read:
            configuration.patience(
                statementTimeout: lane == .bulk ? configuration.bulkStatementTimeout : configuration.statementTimeout)
        case .bare(let timeout): timeout.map { configuration.patience(statementTimeout: $0) }
        }
    }
}

extension PostgreSQLConfiguration {
    /// The longest wait for an answer: the server's own time-out comes first, unless it cannot be reached.
    func patience(statementTimeout: Duration) -> Duration { statementTimeout + .seconds(2) }
}
#endif
