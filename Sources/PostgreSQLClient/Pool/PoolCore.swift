#if PostgreSQL
import Glibc
import Logging
import ShrinkrBase
import Synchronization

/// What the threads of a pool share.
final class PoolCore: Sendable {
    let configuration: PostgreSQLConfiguration
    let logger: Logger
    let state: Mutex<PoolState>
    /// A waker for each thread that was started.
    private let wakers = Mutex<[PoolState.Worker: Waker]>([:])
    private let allEnded = ChangeSignal()
    private let keeperWaker: Waker?
    private let isKeeping = Mutex(false)
    /// When failing to connect was said last.
    private let saidAt = Mutex<ContinuousClock.Instant?>(nil)
    /// Time between two lines of the log that say so.
    private static let sayingInterval: Duration = .seconds(30)

    init(_ configuration: PostgreSQLConfiguration, _ logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = Mutex(PoolState(connections: configuration.connections, waitLimit: configuration.waitLimit))
        keeperWaker = try? Waker()
    }

    func submit(_ request: PoolRequest) {
        follow(state.withLock { $0.add(request, now: .now) }, request)
    }

    /// Takes a request that shall be tried again, in front of the others.
    func putBack(_ request: PoolRequest) {
        follow(state.withLock { $0.putBack(request, now: .now) }, request)
    }

    func finishSession(_ lane: PostgreSQLPool.Lane) {
        if let worker = state.withLock({ $0.finishSession(lane) }) { wake(worker) }
    }

    private func follow(_ admission: PoolState.Admission, _ request: PoolRequest) {
        if let error = admission.refusal { return request.finish(.failure(error)) }
        if let worker = admission.wake { wake(worker) }
        if let worker = admission.start { start(worker) }
        if admission.wakesKeeper { wakeKeeper() }
    }

    func wake(_ worker: PoolState.Worker) {
        wakers.withLock { $0[worker] }?.wake()
    }

    func close() {
        for request in state.withLock({ $0.close() }) { request.finish(.failure(PoolState.closedError)) }
        for waker in wakers.withLock({ $0 }).values { waker.wake() }
        keeperWaker?.wake()
        allEnded.send()
    }

    /// Returns once all threads have ended.
    func ended() async {
        while true {
            let generation = allEnded.generation
            if state.withLock({ $0.hasEnded }) { return }
            await allEnded.wait(after: generation)
        }
    }

    func endedThread() {
        state.withLock { $0.endedThread() }
        allEnded.send()
    }
}

// MARK: - Connections

extension PoolCore {
    func connected(_ worker: PoolState.Worker) {
        let (wasOutage, others) = state.withLock { $0.connected(worker) }
        for other in others { wake(other) }
        let wasSaid =
            wasOutage
            && saidAt.withLock { at in
                defer { at = nil }
                return at != nil
            }
        if wasSaid { logger.info("PostgreSQL can be reached again") }
    }

    func connectFailed(_ worker: PoolState.Worker, _ error: PostgreSQLError, retryIn wait: Duration) {
        let now = ContinuousClock.now
        let failed = state.withLock { $0.connectFailed(worker, error, retryAt: now + wait, now: now) }
        for request in failed { request.finish(.failure(error)) }
        let isDue = saidAt.withLock { at in
            if let last = at, now - last < Self.sayingInterval { return false }
            at = now
            return true
        }
        if isDue { logger.warning("Cannot connect to PostgreSQL", metadata: ["error": "\(error)"]) }
    }

    /// A connection has taken the place of an old one.
    func renewed(_ worker: PoolState.Worker) {
        _ = state.withLock { $0.connected(worker) }
    }

    /// The server refuses the password of a connection that was to take the place of an old one.
    func passwordRefused(_ error: PostgreSQLError) {
        guard state.withLock({ $0.noteRefusedPassword(error) }) else { return }
        logger.error("New connections to PostgreSQL need another password", metadata: ["error": "\(error)"])
    }

    /// - Parameter error: nil where the thread ended a connection that was still good.
    func disconnected(_ worker: PoolState.Worker, _ error: PostgreSQLError?) {
        if state.withLock({ $0.disconnected(worker, error, now: .now) }) { wakeKeeper() }
    }
}

// MARK: - Threads

extension PoolCore {
    private func start(_ worker: PoolState.Worker) {
        do {
            let waker = try Waker()
            wakers.withLock { $0[worker] = waker }
            try BlockingThread.start("shrinkr-pg-\(worker)") { PoolWorker(self, worker, waker).run() }
        } catch {
            logger.error("A thread for PostgreSQL cannot be started", metadata: ["error": "\(error)"])
            state.withLock { $0.notStarted(worker) }
        }
    }

    /// Wakes the thread that fails requests after their wait; starts it where it is the first time.
    private func wakeKeeper() {
        let isFirst = isKeeping.withLock { isKeeping in
            defer { isKeeping = true }
            return !isKeeping
        }
        guard isFirst else {
            keeperWaker?.wake()
            return
        }
        do {
            try BlockingThread.start("shrinkr-pg-wait") { self.keep() }
        } catch {
            logger.error("A thread for PostgreSQL cannot be started", metadata: ["error": "\(error)"])
        }
    }

    private func keep() {
        guard let keeperWaker else { return }
        while true {
            let (keeping, expiry, isClosed) = state.withLock { ($0.keep(now: .now), $0.expiry, $0.isClosed) }
            for request in keeping.expired { request.finish(.failure(expiry)) }
            if let worker = keeping.help.wake { wake(worker) }
            if let worker = keeping.help.start { start(worker) }
            if isClosed { return }
            _ = keeperWaker.wait(socket: -1, until: keeping.next)
        }
    }
}
#endif
